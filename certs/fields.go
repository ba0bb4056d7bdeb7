package certs

import "strings"

// Field is one thing that stands on the paper. Key names it on pages and among differences. English says the same beside
// Value where the paper prints both.
type Field struct{ Key, Value, English string }

// Fields are what a document with the credential s prints, in the paper's order. The keys are the same for every
// credential, so that two are compared place by place; Value is empty where nothing is printed.
func (s Credential) Fields() []Field {
	return []Field{
		{Key: "number", Value: string(s.Number)},
		{Key: "name", Value: s.Name},
		{Key: "id_type", Value: s.IDType.Name()},
		{Key: "id_number", Value: s.IDNumber},
		{Key: "occupation", Value: s.Occupation.Name},
		{Key: "work_type", Value: s.Occupation.WorkType},
		{Key: "level", Value: strings.TrimSuffix(s.Level.String()+"／"+s.Level.Grade(), "／"), English: s.Level.English()},
		{Key: "org", Value: s.Org},
		{Key: "filing", Value: s.Filing},
		{Key: "issued_on", Value: s.Issued.String()},
		{Key: "remark", Value: s.Remark},
	}
}
