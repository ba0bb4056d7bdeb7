package export

import "github.com/skillcert/skillcert/certs/status"

// plainCredential is a credential of the W3C data model 2.0. The terms of its subject are our own; the second context
// declares them undefined, as §5.2 of the data model provides for terms without a vocabulary.
type plainCredential struct {
	Context   []string        `json:"@context"`
	ID        string          `json:"id"`
	Type      []string        `json:"type"`
	Issuer    plainIssuer     `json:"issuer"`
	ValidFrom string          `json:"validFrom"`
	Subject   plainSubject    `json:"credentialSubject"`
	Status    *status.Entry   `json:"credentialStatus,omitempty"`
	Evidence  []plainEvidence `json:"evidence,omitempty"`
}

type plainIssuer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type plainSubject struct {
	Name           string `json:"name,omitempty"`
	NameHash       string `json:"nameHash,omitempty"` // as in Open Badges: sha256$ and the hex SHA-256 of name and salt
	NameSalt       string `json:"nameSalt,omitempty"`
	Number         string `json:"certificateNumber"`
	OccupationCode string `json:"occupationCode"`
	Occupation     string `json:"occupationName"`
	WorkType       string `json:"workType,omitempty"`
	Level          int    `json:"skillLevel"`
	LevelName      string `json:"skillLevelName"`
	Issued         string `json:"issuedOn"`
	Body           string `json:"evaluationBody"`
	Edition        int    `json:"edition"`
	Route          string `json:"route,omitempty"`
	TokenDigest    string `json:"tokenDigest,omitempty"`
}

type plainEvidence struct {
	Type  []string `json:"type"`
	Index int64    `json:"logIndex"`
	Leaf  string   `json:"logLeaf"`
	Proof string   `json:"logProof"`
}

func plainVC(r Record, o Options) plainCredential {
	s := plainSubject{Number: r.Number, OccupationCode: r.OccupationCode, Occupation: r.OccupationName, WorkType: r.WorkType,
		Level: r.Level, LevelName: levelText(r.Level), Issued: r.Issued.String(), Body: r.Body, Edition: r.Edition, Route: r.Route, TokenDigest: r.TokenDigest}
	if o.Named {
		s.Name = r.Name
	} else {
		s.NameHash, s.NameSalt = hashed(r.Name, o.Salt)
	}
	c := plainCredential{
		Context:   []string{contextV2, contextUndefined},
		ID:        o.ID,
		Type:      []string{"VerifiableCredential", "SkillLevelCertificate"},
		Issuer:    plainIssuer{ID: o.Issuer, Name: r.Issuer},
		ValidFrom: validFrom(r.Issued),
		Subject:   s,
		Status:    entry(r.Status),
	}
	if r.Log.Text != "" {
		c.Evidence = []plainEvidence{{Type: []string{"TransparencyLogProof"}, Index: r.Log.Index, Leaf: r.Log.Leaf, Proof: r.Log.Text}}
	}
	return c
}
