"""How others talk: pure readers and writers of CSV, XLSX, vCard and JSON."""
