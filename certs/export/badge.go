package export

import (
	"fmt"

	"github.com/skillcert/skillcert/certs/status"
)

// badgeCredential is the AchievementCredential of Open Badges 3.0, Appendix B.1.
type badgeCredential struct {
	Context   []string      `json:"@context"`
	ID        string        `json:"id"`
	Type      []string      `json:"type"`
	Name      string        `json:"name"`
	Issuer    profile       `json:"issuer"`
	ValidFrom string        `json:"validFrom"`
	Subject   badgeSubject  `json:"credentialSubject"`
	Status    *status.Entry `json:"credentialStatus,omitempty"`
	Schema    []schema      `json:"credentialSchema"`
	Evidence  []evidence    `json:"evidence,omitempty"`
}

type profile struct {
	ID   string   `json:"id"`
	Type []string `json:"type"`
	Name string   `json:"name"`
}

type badgeSubject struct {
	Type        []string    `json:"type"`
	Identifier  []identity  `json:"identifier"`
	License     string      `json:"licenseNumber"`
	Achievement achievement `json:"achievement"`
}

type identity struct {
	Type   string `json:"type"`
	Hashed bool   `json:"hashed"`
	Hash   string `json:"identityHash"`
	Kind   string `json:"identityType"`
	Salt   string `json:"salt,omitempty"`
}

type achievement struct {
	ID             string   `json:"id"`
	Type           []string `json:"type"`
	Kind           string   `json:"achievementType"`
	Name           string   `json:"name"`
	Description    string   `json:"description"`
	Criteria       criteria `json:"criteria"`
	HumanCode      string   `json:"humanCode"`
	Specialization string   `json:"specialization,omitempty"`
}

type criteria struct {
	ID        string `json:"id"`
	Narrative string `json:"narrative"`
}

type schema struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type evidence struct {
	Type        []string `json:"type"`
	Name        string   `json:"name"`
	Narrative   string   `json:"narrative"`
	Description string   `json:"description"`
	Genre       string   `json:"genre"`
}

func badge(r Record, o Options) badgeCredential {
	title := r.OccupationName
	if r.WorkType != "" {
		title += "（" + r.WorkType + "）"
	}
	title += levelText(r.Level)
	return badgeCredential{
		Context:   []string{contextV2, contextBadges, contextBadgesMore},
		ID:        o.ID,
		Type:      []string{"VerifiableCredential", "OpenBadgeCredential"},
		Name:      "职业技能等级证书 " + title,
		Issuer:    profile{ID: o.Issuer, Type: []string{"Profile"}, Name: r.Issuer},
		ValidFrom: validFrom(r.Issued),
		Subject: badgeSubject{Type: []string{"AchievementSubject"}, Identifier: []identity{holder(r, o)}, License: r.Number,
			Achievement: badgeAchievement(r, o, title)},
		Status:   entry(r.Status),
		Schema:   []schema{{schemaBadges, "1EdTechJsonSchemaValidator2019"}},
		Evidence: append(unexamined(r.Route), proofs(r.Log)...),
	}
}

func holder(r Record, o Options) identity {
	if o.Named {
		return identity{Type: "IdentityObject", Hash: r.Name, Kind: "name"}
	}
	hash, salt := hashed(r.Name, o.Salt)
	return identity{Type: "IdentityObject", Hashed: true, Hash: hash, Kind: "name", Salt: salt}
}

func badgeAchievement(r Record, o Options, title string) achievement {
	return achievement{
		ID:          o.Achievement,
		Type:        []string{"Achievement"},
		Kind:        "Certificate",
		Name:        title,
		Description: fmt.Sprintf("%s（职业编码 %s），%s，评价机构：%s", r.OccupationName, r.OccupationCode, levelText(r.Level), r.Body),
		Criteria: criteria{ID: o.Achievement,
			Narrative: "符合国家职业标准该等级的要求，经职业技能等级认定取得。Assessed as meeting the national occupational standard at this level."},
		HumanCode:      r.OccupationCode,
		Specialization: r.WorkType,
	}
}

// unexamined says how it was earned, where that was not by an examination: the achievement is the same for all.
func unexamined(route string) []evidence {
	says, ok := map[string]string{"contest": "因竞赛获奖晋升取得，未经考试。Awarded for a prize in a skills contest, without an examination.",
		"direct": "由备案用人单位按规定直接认定取得，未经考试。Recognised by a filed employer under the rules, without an examination."}[route]
	if !ok {
		return nil
	}
	return []evidence{{Type: []string{"Evidence"}, Name: "取得方式 How it was earned", Narrative: says, Description: route, Genre: "route"}}
}

func proofs(l LogProof) []evidence {
	if l.Text == "" {
		return nil
	}
	return []evidence{{Type: []string{"Evidence"}, Name: "透明日志收录证明 Transparency log inclusion proof", Narrative: l.Text, Description: l.Leaf, Genre: "tlog-proof"}}
}
