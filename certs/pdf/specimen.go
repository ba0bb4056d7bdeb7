package pdf

import (
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// Specimen is a document of an invented person that fills every field, for looking at a layout: it has all that makes a page
// full, an edition and a remark, and says that it is a demo.
func Specimen(created time.Time) Document {
	return Document{
		Number: "S000012009999265000001", Name: "欧阳慕容·𠮷安", IDType: "居民身份证", IDNumber: "990101********1234",
		Occupation: "健康照护师", WorkType: "长期照护师", LevelName: "五级/初级工", LevelEnglish: "Level 5, Elementary",
		IssueDate: clock.Date{Year: 2026, Month: 3, Day: 31}, Body: "样张职业技能评价中心", VerifyURL: "https://example.org/v/0123456789abcdefghjkmnpqrs",
		Offline: "SPECIMEN:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", Lookup: []string{"example.org/verify"},
		Version: 2, Remark: "样张 Specimen", Demo: true, Created: created,
	}
}
