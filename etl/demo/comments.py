"""What the demo's customers write: invented sentences that name nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SHARE = 0.03
DECOMPOSED_SHARE = 0.2
"""Some devices write Vietnamese letters in pieces (Unicode NFD); these comments look the same and compare unequal."""

PRAISE = (
    "Cán bộ hướng dẫn tận tình, chu đáo.",
    "Thủ tục nhanh gọn, đúng hẹn.",
    "Dịch vụ công trực tuyến rất tiện lợi, không phải đi lại nhiều.",
    "Thái độ phục vụ lịch sự, vui vẻ.",
    "Hồ sơ được giải quyết trước thời hạn.",
    "Tôi rất hài lòng với cách làm việc của đơn vị.",
    "Niêm yết thủ tục đầy đủ, dễ hiểu.",
    "Nơi giao dịch sạch sẽ, thoáng mát; đề nghị tiếp tục phát huy.",
)
COMPLAINT = (
    "Phải chờ đợi lâu vào dịp cuối tháng.",
    "Hệ thống trực tuyến hay bị lỗi, đề nghị nâng cấp.",
    "Hướng dẫn hồ sơ chưa rõ ràng, phải bổ sung nhiều lần.",
    'Cán bộ trả lời "chờ thêm", không nói rõ lý do.',
    "Đề nghị bố trí thêm chỗ ngồi chờ và chỗ để xe.",
    "Thái độ giao tiếp cần niềm nở hơn.",
    "Phản ánh đã gửi nhưng chưa được trả lời.",
    "Kết quả trả chậm so với giấy hẹn.\nMong đơn vị khắc phục.",
)


def written(rng: np.random.Generator, is_content: NDArray[np.bool_]) -> pd.Series:
    """A comment or none for each response, some in NFD.

    The content write praise, the others complaints.
    """
    number = len(is_content)
    sentence = pd.Series(np.where(is_content, rng.choice(PRAISE, number), rng.choice(COMPLAINT, number)), dtype="str")
    comment = sentence.where(rng.random(number) < SHARE)
    return comment.mask(rng.random(number) < DECOMPOSED_SHARE, comment.str.normalize("NFD"))
