"""What people paste into a hearing, as Excel, WeChat, DingTalk and word processors give it away."""

import pytest

from youwo.needs.pasting import MOST_LINES, Spoken, split

TABLES = {
    "with headings": (
        "序号\t姓名\t联系电话\t楼号\t诉求内容\n"
        "1\t张敬之\t13800001234\t3号楼2单元501\t楼道灯坏了半个月\n"
        "2\t李桂兰\t\t\t想学用手机挂号\n",
        [
            Spoken("楼道灯坏了半个月", "张敬之", "13800001234", "3号楼2单元501"),
            Spoken("想学用手机挂号", "李桂兰"),
        ],
    ),
    "with a title above the headings": (
        "金税社区座谈会登记表\t\t\n姓名\t电话\t问题\n王芳\t139 0000 1111\t下水道堵了\n",
        [Spoken("下水道堵了", "王芳", "13900001111")],
    ),
    "with a column of kinds": (
        "类型\t内容\t姓名\n心愿\t想要一把轮椅\t赵明\n问题\t门口积水\t钱进\n",
        [
            Spoken("想要一把轮椅", "赵明", what="wish"),
            Spoken("门口积水", "钱进", what="problem"),
        ],
    ),
    "without headings": (
        "1\t陈玉梅\t13700002222\t小区门口的井盖松了，晚上走路危险\n"
        "2\t周正\t13600003333\t想请人帮老人理发，行动不便出不了门\n",
        [
            Spoken("小区门口的井盖松了，晚上走路危险", "陈玉梅", "13700002222"),
            Spoken("想请人帮老人理发，行动不便出不了门", "周正", "13600003333"),
        ],
    ),
    "with line breaks in a cell": (
        '姓名\t诉求\n冯远\t"路灯不亮\n北门那一排"\n',
        [Spoken("路灯不亮 北门那一排", "冯远")],
    ),
    "with quotation marks in a cell": (
        '姓名\t诉求\n冯远\t"说是""三无""小区，没人管"\n',
        [Spoken('说是"三无"小区，没人管', "冯远")],
    ),
    "one column of words and one of doors": (
        "3-2-501\t暖气不热\n5-1-202\t楼上漏水\n",
        [Spoken("暖气不热", building="3-2-501"), Spoken("楼上漏水", building="5-1-202")],
    ),
    "empty rows and short rows": (
        "姓名\t诉求\t电话\n\t\t\n郑安\t想有人陪着说说话\n",
        [Spoken("想有人陪着说说话", "郑安")],
    ),
    "the columns of the product itself": (
        "原话\t心愿/问题\t类别\t姓名\t联系电话\t楼栋门牌\n"
        "楼道灯坏了\t问题\t照明\t郑安\t13800001234\t3号楼\n",
        [Spoken("楼道灯坏了", "郑安", "13800001234", "3号楼", "problem")],
    ),
    "headings that say more": (
        "反映人姓名\t手机号码\t家庭住址\t意见建议\n郑安\t13800001234\t3号楼\t多装几把椅子\n",
        [Spoken("多装几把椅子", "郑安", "13800001234", "3号楼")],
    ),
    "headings that do not name the words": (
        "序号\t姓名\t电话\t大家怎么说\n1\t郑安\t138\t楼道灯坏了\n2\t王芳\t1390\t多装几把椅子\n",
        [Spoken("楼道灯坏了", "郑安", "138"), Spoken("多装几把椅子", "王芳", "1390")],
    ),
    "numbers that are none among others, without headings": (
        "郑安\t138000012345678\t灯坏了\n王芳\t13900001111\t积水\n赵明\t1370000\t井盖响\n",
        [
            Spoken("灯坏了", "郑安", "138000012345678"),
            Spoken("积水", "王芳", "13900001111"),
            Spoken("井盖响", "赵明", "1370000"),
        ],
    ),
    "words that end like a heading": (
        "张敬之\t物业没人管问题\n王芳\t下水道的问题\n",
        [Spoken("物业没人管问题", "张敬之"), Spoken("下水道的问题", "王芳")],
    ),
    "a column of kinds without headings": (
        "张敬之\t问题\t楼道灯坏了\n王芳\t心愿\t想要一把轮椅\n",
        [
            Spoken("楼道灯坏了", "张敬之", what="problem"),
            Spoken("想要一把轮椅", "王芳", what="wish"),
        ],
    ),
    "a row without words": (
        "姓名\t电话\t诉求\n郑安\t13800001234\t\n王芳\t\t下水道堵了\n",
        [Spoken("", "郑安", "13800001234"), Spoken("下水道堵了", "王芳")],
    ),
    "a number that is none stays as it was typed": (
        "姓名\t诉求\t电话\n郑安\t想有人陪着说说话\t1380000\n",
        [Spoken("想有人陪着说说话", "郑安", "1380000")],
    ),
}

CHATS = {
    "WeChat on a computer": (
        "张敬之 2025/6/3 10:21:33\n楼下路灯又不亮了\n\n李桂兰 2025/6/3 10:22:05\n想学手机挂号\n",
        [Spoken("楼下路灯又不亮了", "张敬之"), Spoken("想学手机挂号", "李桂兰")],
    ),
    "WeChat with a Chinese day": (
        "张敬之 6月3日 上午 10:21\n楼下路灯又不亮了",
        [Spoken("楼下路灯又不亮了", "张敬之")],
    ),
    "the clock alone": (
        "张敬之 10:21\n垃圾桶满了没人清\n李桂兰 昨天 20:03\n广场舞声音太大",
        [Spoken("垃圾桶满了没人清", "张敬之"), Spoken("广场舞声音太大", "李桂兰")],
    ),
    "nicknames that say the door": (
        "3-2-501张敬之 2025-06-03 10:21\n水管漏水\n",
        [Spoken("水管漏水", "张敬之", building="3-2-501")],
    ),
    "nicknames that are no names": (
        "春暖花开 2025/6/3 10:21\n电动车乱停\n",
        [Spoken("电动车乱停", "春暖花开")],
    ),
    "a message of several rows": (
        "王芳 2025/6/3 10:21\n两件事\n一是门禁坏了\n二是没人修\n",
        [Spoken("两件事 一是门禁坏了 二是没人修", "王芳")],
    ),
    "two messages of one person": (
        "王芳 10:21\n门禁坏了\n王芳 10:22\n想请人教用打车软件",
        [Spoken("门禁坏了", "王芳"), Spoken("想请人教用打车软件", "王芳")],
    ),
    "pictures, recalls and calls to everybody": (
        "王芳 10:21\n[图片]\n王芳 10:22\n@所有人 门禁坏了\n李桂兰 10:23\n李桂兰撤回了一条消息",
        [Spoken("门禁坏了", "王芳")],
    ),
    "QQ with numbers": (
        "2025-06-03 10:21:33 王芳(12345678)\n门禁坏了\n",
        [Spoken("门禁坏了", "王芳")],
    ),
    "DingTalk": (
        "王芳 06-03 10:21\n门禁坏了\n",
        [Spoken("门禁坏了", "王芳")],
    ),
    "a day between the messages": (
        "—— 2025年6月3日 ——\n王芳 10:21\n门禁坏了",
        [Spoken("门禁坏了", "王芳")],
    ),
    "a telephone number in a message": (
        "王芳 10:21\n门禁坏了，请联系13900001111",
        [Spoken("门禁坏了", "王芳", "13900001111")],
    ),
    "words before the first message": (
        "大家请说\n王芳 10:21\n门禁坏了",
        [Spoken("大家请说"), Spoken("门禁坏了", "王芳")],
    ),
}

LISTS = {
    "name and colon": ("张敬之：楼道灯坏了", [Spoken("楼道灯坏了", "张敬之")]),
    "name and a plain colon": ("张敬之: 楼道灯坏了", [Spoken("楼道灯坏了", "张敬之")]),
    "name, number and colon": (
        "张敬之 13800001234：楼道灯坏了",
        [Spoken("楼道灯坏了", "张敬之", "13800001234")],
    ),
    "door and polite name": (
        "3号楼张阿姨：楼道灯坏了",
        [Spoken("楼道灯坏了", "张阿姨", building="3号楼")],
    ),
    "door in brackets": (
        "张敬之（3号楼2单元501）：楼道灯坏了",
        [Spoken("楼道灯坏了", "张敬之", building="3号楼2单元501")],
    ),
    "a resident by name": ("居民张敬之：楼道灯坏了", [Spoken("楼道灯坏了", "张敬之")]),
    "a double family name": ("欧阳正华：楼道灯坏了", [Spoken("楼道灯坏了", "欧阳正华")]),
    "topics are no names": (
        "问题：楼道灯坏了\n心愿：想要老花镜\n备注：下次带钥匙\n建议：多装几把椅子",
        [
            Spoken("楼道灯坏了", what="problem"),
            Spoken("想要老花镜", what="wish"),
            Spoken("下次带钥匙", what="note"),
            Spoken("多装几把椅子"),
        ],
    ),
    "topic and name": (
        "问题：张敬之：楼道灯坏了",
        [Spoken("楼道灯坏了", "张敬之", what="problem")],
    ),
    "a colon in the words": (
        "希望物业能回答一句话：到底什么时候修",
        [Spoken("希望物业能回答一句话：到底什么时候修")],
    ),
    "a time in the words": ("早上6:30就开始放音乐", [Spoken("早上6:30就开始放音乐")]),
    "numbers with dots": (
        "1. 楼道灯坏了\n2. 垃圾没人清",
        [Spoken("楼道灯坏了"), Spoken("垃圾没人清")],
    ),
    "numbers with commas and names": (
        "1、张敬之：楼道灯坏了\n2、李桂兰 想学手机挂号",
        [Spoken("楼道灯坏了", "张敬之"), Spoken("想学手机挂号", "李桂兰")],
    ),
    "numbers in brackets": (
        "（1）楼道灯坏了\n（二）垃圾没人清",
        [Spoken("楼道灯坏了"), Spoken("垃圾没人清")],
    ),
    "numbers in circles": (
        "①楼道灯坏了\n②垃圾没人清",
        [Spoken("楼道灯坏了"), Spoken("垃圾没人清")],
    ),
    "Chinese numbers": (
        "一、楼道灯坏了\n二、垃圾没人清",
        [Spoken("楼道灯坏了"), Spoken("垃圾没人清")],
    ),
    "numbered lines that go on": (
        "1. 楼道灯坏了\n已经半个月\n2. 垃圾没人清\n3. 门口积水",
        [Spoken("楼道灯坏了 已经半个月"), Spoken("垃圾没人清"), Spoken("门口积水")],
    ),
    "bullets": ("- 楼道灯坏了\n• 垃圾没人清", [Spoken("楼道灯坏了"), Spoken("垃圾没人清")]),
    "a number that belongs to the words": (
        "3号楼门口积水\n12楼电梯坏了",
        [Spoken("3号楼门口积水"), Spoken("12楼电梯坏了")],
    ),
    "a decimal number": ("2.5米宽的路停满了车", [Spoken("2.5米宽的路停满了车")]),
    "empty lines": (
        "\n\n楼道灯坏了\n\n\n垃圾没人清\n",
        [Spoken("楼道灯坏了"), Spoken("垃圾没人清")],
    ),
    "Windows and old Mac": (
        "楼道灯坏了\r\n垃圾没人清\r门口积水",
        [Spoken("楼道灯坏了"), Spoken("垃圾没人清"), Spoken("门口积水")],
    ),
    "invisible marks and wide spaces": (
        "\ufeff张敬之\u3000\u200b楼道灯坏了半个月",
        [Spoken("楼道灯坏了半个月", "张敬之")],
    ),
    "a number at the end": (
        "楼道灯坏了，电话：138-0000-1234",
        [Spoken("楼道灯坏了", phone="13800001234")],
    ),
    "a number in brackets": (
        "楼道灯坏了（13800001234）请快修",
        [Spoken("楼道灯坏了，请快修", phone="13800001234")],
    ),
    "a number with the country's prefix": (
        "张敬之 +86 13800001234 楼道灯坏了半个月",
        [Spoken("楼道灯坏了半个月", "张敬之", "13800001234")],
    ),
    "a landline": ("李桂兰：暖气不热 0359-2022333", [Spoken("暖气不热", "李桂兰", "03592022333")]),
    "a reference number is no telephone number": (
        "工单20250603138000012345还没有回音",
        [Spoken("工单20250603138000012345还没有回音")],
    ),
    "door, name and words apart by spaces": (
        "3-2-501 张敬之 楼道灯坏了",
        [Spoken("楼道灯坏了", "张敬之", building="3-2-501")],
    ),
    "a short word that is no name": ("垃圾 没人清 已经三天", [Spoken("垃圾 没人清 已经三天")]),
    "a sign-up chain": (
        "#接龙\n请大家写下心愿和问题\n例 姓名 楼号 内容\n\n"
        "1. 张敬之 3-2-501 楼道灯坏了\n2. 李桂兰 想学手机挂号\n3. 门口积水",
        [
            Spoken("楼道灯坏了", "张敬之", building="3-2-501"),
            Spoken("想学手机挂号", "李桂兰"),
            Spoken("门口积水"),
        ],
    ),
    "what is broken is nobody's name": (
        "路灯：全不亮了\n高空抛物：很危险\n马路 不平 容易摔跤\n温馨提示 请大家带好身份证",
        [
            Spoken("路灯：全不亮了"),
            Spoken("高空抛物：很危险"),
            Spoken("马路 不平 容易摔跤"),
            Spoken("温馨提示 请大家带好身份证"),
        ],
    ),
    "a name alone stays words": ("张敬之", [Spoken("张敬之")]),
    "a name with nothing after the colon": ("张敬之：", [Spoken("张敬之")]),
    "nothing": ("  \n\t\n", []),
    "English": ("The lamp is broken", [Spoken("The lamp is broken")]),
}


@pytest.mark.parametrize(("text", "expected"), TABLES.values(), ids=TABLES)
def test_a_table(text, expected):
    assert split(text) == expected


@pytest.mark.parametrize(("text", "expected"), CHATS.values(), ids=CHATS)
def test_a_chat(text, expected):
    assert split(text) == expected


@pytest.mark.parametrize(("text", "expected"), LISTS.values(), ids=LISTS)
def test_a_list(text, expected):
    assert split(text) == expected


def test_a_paste_holds_only_so_many_lines():
    assert len(split("\n".join(f"第{n}盏灯坏了" for n in range(MOST_LINES + 5)))) == MOST_LINES


@pytest.mark.parametrize(
    "heading",
    [
        "原话",
        "反映问题",
        "反映内容",
        "问题",
        "意见",
        "建议",
        "心愿内容",
        "事项",
        "诉求",
        "存在的问题",
    ],
)
def test_the_words_are_found_by_their_heading(heading):
    table = f"姓名\t{heading}\t备注\n郑安\t灯坏了\t已经电话告诉物业，说是明天来修\n"
    assert split(table) == [Spoken("灯坏了", "郑安")]
