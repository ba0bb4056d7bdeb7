package exchange

// ParseKey lets the tests read keys without a workbook around them.
var ParseKey = parseKey
