package certs

import "strings"

// Field is one thing that stands on the paper. Key names it on pages and among differences.
type Field struct{ Key, Value string }

// Fields are what a document with the credential s prints, in the paper's order. The keys are the same for every
// credential, so that two are compared place by place; Value is empty where nothing is printed.
func (s Credential) Fields() []Field {
	return []Field{
		{"number", string(s.Number)},
		{"name", s.Name},
		{"id_type", s.IDType.Name()},
		{"id_number", s.IDNumber},
		{"occupation", s.Occupation.Name},
		{"work_type", s.Occupation.WorkType},
		{"level", strings.TrimSuffix(s.Level.String()+"／"+s.Level.Grade(), "／")},
		{"org", s.Org},
		{"filing", s.Filing},
		{"issued_on", s.Issued.String()},
		{"remark", s.Remark},
	}
}
