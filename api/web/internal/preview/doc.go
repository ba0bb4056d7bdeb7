// Package preview shows every page with invented views, and sits an exam against an attempt kept in memory. It is a
// tool for looking and for browser tests; the product never imports it.
//
//	go test ./api/web/internal/preview -run TestServe -args -listen 127.0.0.1:8099
//	go test ./api/web/internal/preview -run TestShots -args -shots DIR
package preview
