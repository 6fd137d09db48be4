"""Rate programs: typed, compared, said in words, and the prices and holidays that they take from elsewhere."""
