select exists (
    select 1
    from information_schema.user_privileges
    where privilege_type = 'RELOAD'
        and grantee = concat(
            '\'', substring_index(current_user(), '@', 1), '\'@\'', substring_index(current_user(), '@', -1), '\''
        )
)
