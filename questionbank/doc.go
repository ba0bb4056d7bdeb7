// Package questionbank keeps the national bank (国家题库) and its provincial supplements (补充题): items with immutable
// versions, element tables (要素细目表), practical tasks, releases with a digest, and blueprints. What an item says is rich
// text (questionbank/richtext) with images that are kept by their content.
//
// An item goes draft → reviewed → admitted in a named release. A supplement item goes the longer way: after the review
// it needs the consent of 医保局 and of 人社局 of its province, in either order, then the filing number of both national
// authorities; only then may a release admit it (津医保局发〔2025〕101号, item 8).
package questionbank
