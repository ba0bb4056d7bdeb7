// Package certstest has what tests of several rooms need around certificates: the smallest document that a seal is set on, a
// sealer for it, and a transparency log.
package certstest

import (
	"bytes"
	"fmt"
)

// Page is the smallest document that a seal is set on: one empty page, with the credential attached.
func Page(credential []byte) []byte {
	objects := []string{
		"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 842 595]>>",
		"<</ProcSet [/PDF]>>",
		"<</Type /Page /Parent 1 0 R /Resources 2 0 R /Contents 4 0 R>>",
		"<</Length 2>>\nstream\nq \nendstream",
		"<</Producer (test)>>",
		"<</Type /Catalog /Pages 1 0 R /AF [7 0 R]>>",
		"<</Type /Filespec /F (credential.json) /UF (credential.json) /AFRelationship /Data /EF <</F 8 0 R>>>>",
		fmt.Sprintf("<</Type /EmbeddedFile /Subtype /application#2Fjson /Length %d>>\nstream\n%s\nendstream", len(credential), credential),
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(objects))
	for n, o := range objects {
		offsets[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<<\n/Size %d\n/Root 6 0 R\n/Info 5 0 R\n>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}
