/** Models that Django brings along, in the order of their content types: app and model. */
export const djangoApps = [
  ['admin', 'logentry'],
  ['auth', 'permission'],
  ['auth', 'group'],
  ['auth', 'user'],
  ['contenttypes', 'contenttype'],
  ['sessions', 'session'],
] as const;

/** Migrations that Django 2.2 to 3.1 brings along, in the order in which it applies them: app and name. */
export const djangoMigrations = [
  ['contenttypes', '0001_initial'],
  ['auth', '0001_initial'],
  ['admin', '0001_initial'],
  ['admin', '0002_logentry_remove_auto_add'],
  ['admin', '0003_logentry_add_action_flag_choices'],
  ['contenttypes', '0002_remove_content_type_name'],
  ['auth', '0002_alter_permission_name_max_length'],
  ['auth', '0003_alter_user_email_max_length'],
  ['auth', '0004_alter_user_username_opts'],
  ['auth', '0005_alter_user_last_login_null'],
  ['auth', '0006_require_contenttypes_0002'],
  ['auth', '0007_alter_validators_add_error_messages'],
  ['auth', '0008_alter_user_username_max_length'],
  ['auth', '0009_alter_user_last_name_max_length'],
  ['auth', '0010_alter_group_name_max_length'],
  ['auth', '0011_update_proxy_permissions'],
  ['sessions', '0001_initial'],
] as const;
