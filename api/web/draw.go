package web

import (
	"fmt"
	"html/template"
)

// icons are drawn on a 24-pixel square. Every state has its own outline, so that none is told apart by colour alone.
var icons = map[string]string{
	"check":    `<path d="M5 12.5l4.5 4.5L19 7.5" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>`,
	"cross":    `<path d="M6.5 6.5l11 11m0-11l-11 11" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/>`,
	"flag":     `<path d="M6 21V4m0 1h11l-3 4 3 4H6" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round"/>`,
	"left":     `<path d="M14.5 5.5L8 12l6.5 6.5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`,
	"right":    `<path d="M9.5 5.5L16 12l-6.5 6.5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`,
	"file":     `<path d="M6 3h8l4 4v14H6zM14 3v5h4" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>`,
	"brand":    `<path d="M12 2l8.5 3v6.5c0 5-3.5 8.5-8.5 10.5-5-2-8.5-5.5-8.5-10.5V5z" fill="currentColor"/><path d="M8 12l3 3 5.5-6" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>`,
	"lock":     `<path d="M5.5 11h13v9.5h-13zM8 11V8a4 4 0 018 0v3" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linejoin="round"/>`,
	"unlocked": `<path d="M5.5 11h13v9.5h-13zM8 11V8a4 4 0 017.5-2" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round"/>`,

	"valid":      `<circle cx="12" cy="12" r="10" fill="currentColor"/><path d="M7 12.5l3.5 3.5L17 9" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>`,
	"superseded": `<path d="M3 3h18v18H3z" fill="currentColor"/><path d="M7 12h9m-3.5-4l4 4-4 4" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`,
	"revoked":    `<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" fill="currentColor"/><path d="M8.5 8.5l7 7m0-7l-7 7" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/>`,
	"altered":    `<path d="M12 2l11 20H1z" fill="currentColor"/><path d="M12 9v6m0 3v.5" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/>`,
	"unknown":    `<path d="M12 1.5L22.5 12 12 22.5 1.5 12z" fill="currentColor"/><path d="M9.5 10a2.5 2.5 0 113.5 2.3c-.8.4-1 .9-1 1.7m0 2.8v.2" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round"/>`,

	"seat-trouble":   `<path d="M12 2l11 20H1z" fill="currentColor"/><path d="M12 9v6m0 3v.5" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/>`,
	"seat-lost":      `<path d="M12 2l11 20H1z" fill="currentColor"/><path d="M12 8v8m-3.5-3.5L12 16l3.5-3.5M8 19.5h8" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>`,
	"seat-paused":    `<path d="M8 4v16M16 4v16" stroke="currentColor" stroke-width="4.4"/>`,
	"seat-machine":   `<path d="M3 4h18v12H3zM8 21h8m-4-5v5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linejoin="round" stroke-linecap="round"/>`,
	"seat-unsaved":   `<path d="M12 3v12m-5-5l5 5 5-5M4 20h16" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>`,
	"seat-absent":    `<path d="M5 5l14 14M19 5L5 19" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>`,
	"seat-voided":    `<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" fill="currentColor"/><path d="M7 12h10" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/>`,
	"seat-exempt":    `<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.2"/><path d="M7.5 12h9" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>`,
	"seat-expected":  `<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-dasharray="4 3"/>`,
	"seat-checked":   `<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.4"/><circle cx="12" cy="12" r="3" fill="currentColor"/>`,
	"seat-released":  `<path d="M7 4l13 8-13 8z" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linejoin="round"/>`,
	"seat-sitting":   `<path d="M7 3.5l14 8.5-14 8.5z" fill="currentColor"/>`,
	"seat-submitted": `<path d="M3 3h18v18H3z" fill="currentColor"/><path d="M7.5 12.5l3 3 6-7" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`,
	"seat-kept":      `<path d="M12 5v14M5 12h14" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`,
	"seat-out":       `<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.2"/><path d="M6 18L18 6" stroke="currentColor" stroke-width="2.2"/>`,
	"seat-other":     `<path d="M6 9h12M6 15h12" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`,
	"seat-empty":     `<path d="M6 12h12" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`,
}

// icon draws one sign beside its word; it says nothing to readers aloud, the word does.
func icon(name string) (template.HTML, error) {
	body, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("web: no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + body + `</svg>`), nil
}

// bar draws how much of the whole is done. The numbers stand beside it in the page.
func bar(part, whole int) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">`+
		`<rect class="bar-ground" width="100" height="8"/><rect class="bar-fill" width="%d" height="8"/></svg>`,
		min(100, percent(part, whole))))
}
