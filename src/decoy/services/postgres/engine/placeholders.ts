/** Names in a built cluster that a visit replaces by its own. */
export const placeholders = { role: 'decoy_login', database: 'decoy_content' };
