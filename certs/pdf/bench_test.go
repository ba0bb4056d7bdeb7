package pdf_test

import "testing"

// BenchmarkRender is one certificate with photo, unsealed.
func BenchmarkRender(b *testing.B) {
	r, d := newRenderer(b), sample(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Render(d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCut is a font of twenty characters for a page.
func BenchmarkCut(b *testing.B) {
	f := openFonts(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Cut([]rune("阿卜杜热合曼·买买提江·托合提𠮷𪛖䶮")); err != nil {
			b.Fatal(err)
		}
	}
}
