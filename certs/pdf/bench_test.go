package pdf_test

import (
	"testing"

	"github.com/skillcert/skillcert/certs/pdf"
)

// BenchmarkRender is one certificate with photo, unsealed.
func BenchmarkRender(b *testing.B) {
	r, d, l := newRenderer(b), sample(b), layout(b, pdf.A4)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Render(l, d); err != nil {
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
