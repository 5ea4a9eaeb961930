"""What answers an address: pages for visitors, files, errors, and what machines ask for."""
