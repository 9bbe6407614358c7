select split_part(version(), ' on ', 1)
