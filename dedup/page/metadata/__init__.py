"""What a page says of itself: title, authors, date, language, site, address."""
