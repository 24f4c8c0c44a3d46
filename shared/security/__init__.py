"""Keys, roles, the sealed session, the vault's cipher and the personal-data screen. All pure."""
