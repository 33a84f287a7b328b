/** Label of a container: the installation that made it. No container without ours is ever removed. */
export const instanceLabel = 'org.phantom-files.instance';

/** Label of the mirror image: SHA-256 of the root tar it was imported from, hexadecimal. */
export const contentLabel = 'org.phantom-files.content';

/** Label of the network that the sandboxes share: the version of its settings. */
export const networkLabel = 'org.phantom-files.network';

/** On images: which installation made it. Another than on containers, which inherit an image's labels. */
export const makerLabel = 'org.phantom-files.made-by';
