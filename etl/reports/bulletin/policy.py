"""What holds of every publication, in words: when a revision is made, and what never changes."""

from __future__ import annotations

from etl.reports.words import Pair

REVISIONS: Pair = (
    "Lập phiên bản mới khi có phiếu đến muộn, phiếu được sửa hoặc bị rút, khi đơn vị còn thiếu đã có số liệu, khi một "
    "tên gọi sai được sửa, hoặc khi bộ quy tắc được thay thế. Mỗi phiên bản do người có thẩm quyền công bố, kèm lý do. "
    "Số liệu, tên gọi, khung xếp loại và quy tắc của một phiên bản đã công bố không bao giờ thay đổi; các phiên bản cũ "
    "vẫn được lưu và xem được. Chỉ có một điều có thể đến sau: ẩn thêm số liệu để không nhận ra người trả lời.",
    "A revision is made when answers came in late, were corrected or taken back, when a missing treasury is in, when a "
    "wrong name is corrected, or when a rule set is superseded. A person publishes it and says why. Figures, names, "
    "grade bands and rules of a published revision never change; earlier revisions are kept and can be read. One thing "
    "alone may come later: more figures are hidden, so that nobody who answered can be recognised.",
)
"""The rule of revisions."""
RELEASES: Pair = (
    "Ngày dự kiến do cơ quan công bố khai báo trước; mọi người đọc đều thấy số liệu từ cùng một lúc, bản nháp chỉ dành "
    "cho người thẩm định.",
    "The network itself declares the planned day. All readers see the figures from the same moment on; drafts are for "
    "those alone who review them.",
)
"""How figures are released."""
QUALITY: Pair = (
    "Mỗi con số được đếm hai lần theo hai cách; phiếu vi phạm quy tắc bị loại kèm lý do; số liệu đã công bố có thể "
    "được tính lại và đối chiếu bất cứ lúc nào.",
    "Each figure is counted twice in two ways; responses that break a rule are turned away with a reason; what is "
    "published can be made again and compared at any time.",
)
"""How quality is assured."""
STATES: dict[str, Pair] = {
    "planned": ("dự kiến", "planned"),
    "overdue": ("quá hạn", "overdue"),
    "published": ("đã công bố", "published"),
    "revised": ("phiên bản mới", "revision"),
}
"""What the states of the release calendar are called."""
