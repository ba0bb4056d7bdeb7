// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { asList, wrap } from "../static/bank/markup.js";

test("an element goes around the selection and away again", () => {
  const on = wrap("血压偏高时", 0, 2, "strong");
  assert.deepEqual(on, { text: "<strong>血压</strong>偏高时", from: 8, to: 10 });
  assert.deepEqual(wrap(on.text, on.from, on.to, "strong"), { text: "血压偏高时", from: 0, to: 2 });
});

test("nothing selected leaves the cursor inside the element", () => {
  assert.deepEqual(wrap("H2O", 1, 1, "sub"), { text: "H<sub></sub>2O", from: 6, to: 6 });
});

test("lines become items, blank ones do not", () => {
  const { text } = asList("做法：\n翻身\n\n 拍背 ", 4, 12, "ul");
  assert.equal(text, "做法：\n<ul><li>翻身</li><li>拍背</li></ul>");
  assert.deepEqual(asList("", 0, 0, "ol"), { text: "<ol><li></li></ol>", from: 8, to: 8 });
});
