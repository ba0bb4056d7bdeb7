package engine

import (
	"fmt"

	"github.com/skillcert/skillcert/engine/errs"
)

// Occupation is an entry of the national classification with the work type (工种) examined under it.
type Occupation struct {
	Code     string `json:"code"`      // 4-14-01-03
	Name     string `json:"name"`      // 职业名称
	WorkType string `json:"work_type"` // 工种
}

// LongTermCare is the occupation this product was built for.
func LongTermCare() Occupation {
	return Occupation{Code: "4-14-01-03", Name: "健康照护师", WorkType: "长期照护师"}
}

// Title is the name printed on papers: 健康照护师（长期照护师）.
func (o Occupation) Title() string {
	if o.WorkType == "" {
		return o.Name
	}
	return o.Name + "（" + o.WorkType + "）"
}

// Level is a skill level (等级). 五级 is 5 and the lowest here, 三级 is 3 and the highest: compare with Above only.
type Level uint8

// The levels of the occupation.
const (
	Level5 Level = 5 // 五级/初级工
	Level4 Level = 4 // 四级/中级工
	Level3 Level = 3 // 三级/高级工
)

// Levels lists the levels examined, lowest first.
func Levels() []Level { return []Level{Level5, Level4, Level3} }

// ErrLevel refuses a level outside 三级 to 五级.
var ErrLevel = errs.New(errs.Invalid, "level.unknown", "等级只能是五级、四级或三级")

// ParseLevel reads 5, 五级, 五级/初级工 or 初级工 and the like.
func ParseLevel(s string) (Level, error) {
	for _, l := range Levels() {
		for _, form := range []string{fmt.Sprint(uint8(l)), l.String(), l.Grade(), l.String() + "/" + l.Grade()} {
			if s == form {
				return l, nil
			}
		}
	}
	return 0, ErrLevel.With("“%s”", s)
}

// Valid reports whether l is one of Levels.
func (l Level) Valid() bool { return l == Level5 || l == Level4 || l == Level3 }

// Above reports whether l ranks higher than m: 三级 is above 四级.
func (l Level) Above(m Level) bool { return l < m }

// String is the Chinese name: 五级, 四级, 三级.
func (l Level) String() string {
	switch l {
	case Level5:
		return "五级"
	case Level4:
		return "四级"
	case Level3:
		return "三级"
	}
	return fmt.Sprintf("Level(%d)", uint8(l))
}

// Grade is the older name: 初级工, 中级工, 高级工.
func (l Level) Grade() string {
	switch l {
	case Level5:
		return "初级工"
	case Level4:
		return "中级工"
	case Level3:
		return "高级工"
	}
	return ""
}

// English is the level with its grade as documents print it, empty of what is no level.
func (l Level) English() string {
	switch l {
	case Level5:
		return "Level 5, Elementary"
	case Level4:
		return "Level 4, Intermediate"
	case Level3:
		return "Level 3, Advanced"
	}
	return ""
}

// Component is one of the two examined parts (科目). They are judged apart and never added.
type Component string

// The components.
const (
	Theory    Component = "theory"    // 理论知识
	Practical Component = "practical" // 操作技能
)

// String is the Chinese name.
func (c Component) String() string {
	if c == Practical {
		return "操作技能"
	}
	return "理论知识"
}
