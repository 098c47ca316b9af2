from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules.pinyin import full, initials, parts, sort_key


@pytest.mark.parametrize(
    ("name", "sound", "letters"),
    [
        ("王芳", "wangfang", "wf"),
        ("王小明", "wangxiaoming", "wxm"),
        ("曾国藩", "zengguofan", "zgf"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("仇英", "qiuying", "qy"),
        ("区先生", "ouxiansheng", "oxs"),
        ("查良镛", "zhaliangyong", "zly"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("朴树", "piaoshu", "ps"),
        ("盖叫天", "gejiaotian", "gjt"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("欧阳娜娜", "ouyangnana", "oynn"),
        ("吕布", "lvbu", "lb"),
        ("任长霞", "renchangxia", "rcx"),
        ("翟天临", "zhaitianlin", "ztl"),
        ("乐嘉", "yuejia", "yj"),
        ("重庆银行", "chongqingyinhang", "cqyh"),
        ("重庆长安汽车", "chongqingchanganqiche", "cqcaqc"),
        ("中国农业银行", "zhongguonongyeyinhang", "zgnyyh"),
        ("长江商学院", "changjiangshangxueyuan", "cjsxy"),
        ("厦门国际", "xiamenguoji", "xmgj"),
        ("成都市", "chengdushi", "cds"),
        ("解放路店", "jiefangludian", "jfld"),
        ("单县", "shanxian", "sx"),
        ("查理", "zhali", "zl"),
        ("华润商行", "huarunshanghang", "hrsh"),
        ("三一重工", "sanyizhonggong", "syzg"),
        ("徐家汇音乐城", "xujiahuiyinyuecheng", "xjhyyc"),
        ("王芳 Lily", "wangfanglily", "wflily"),
        ("TCL集团", "tcljituan", "tcljt"),
        ("３Ｍ中国", "3mzhongguo", "3mzg"),
        ("John Smith", "johnsmith", "johnsmith"),
        ("田中さん", "tianzhongさん", "tzさん"),
        ("", "", ""),
        ("—", "", ""),
    ],
)
def test_names_sound_as_people_say_them(name: str, sound: str, letters: str) -> None:
    assert full(name) == sound
    assert initials(name) == letters


def test_names_sort_by_sound_with_latin_ones_among_them() -> None:
    ordered = ["10点", "阿里", "范冰", "Fang-Li", "方圆", "李", "李四", "Wang", "汪芳", "王芳", "王伟", "曾轶可", "Zoë"]
    assert sorted(ordered, key=sort_key) == ordered


def test_punctuation_does_not_count_for_sorting() -> None:
    assert sort_key("“王芳”") == sort_key("王芳")
    assert sort_key("(The) Acme") == "the acme"


@given(st.text(max_size=30))
def test_any_name_has_a_key_and_one_sound_a_part(name: str) -> None:
    assert sort_key(name) == sort_key(name)
    assert all(part.sound and part.written for part in parts(name))
    assert "  " not in sort_key(name)


def test_a_hundred_thousand_names_take_no_longer_than_two_seconds() -> None:
    family, given_ = "王李张刘陈杨黄赵吴周重长", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞行"
    names = [family[n % 12] + given_[n // 12 % 20] + given_[n // 240 % 20] + "商行" * (n % 2) for n in range(100_000)]
    sort_key("王")
    start = time.perf_counter()
    for name in names:
        sort_key(name)
    assert time.perf_counter() - start < 2.0


def test_latin_names_never_load_the_tables() -> None:
    code = (
        "import sys; from crm_tui.rules.pinyin import full, sort_key; sort_key('Zoë'); full('Zoë');"
        "sys.exit('pypinyin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
