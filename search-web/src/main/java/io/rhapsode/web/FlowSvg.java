/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Draws a {@link CallFlow}: one column a host, time downwards, every arrow a link to its message. */
final class FlowSvg {

    private static final int NUMBER = 28;
    private static final int TIME = 214;
    private static final int COLUMN = 190;
    private static final int ROW = 36;
    private static final int TOP = 46;
    private static final int MAX_LABEL = 34;
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final CallFlow flow;
    private final long left;
    private final StringBuilder svg = new StringBuilder(16_384);
    private final int width;
    private final int height;

    private FlowSvg(CallFlow flow, long left) {
        this.flow = flow;
        this.left = left;
        this.width = TIME + COLUMN * Math.max(1, flow.hosts().size());
        this.height = TOP + ROW * (flow.arrows().size() + (left > 0 ? 1 : 0)) + 24;
    }

    /**
     * A file of its own, on white, without links.
     *
     * @param left messages that are not in the flow; if there are any, the last line says so
     */
    static String standalone(CallFlow flow, long left) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + new FlowSvg(flow, left).draw(false);
    }

    /** For a page: colours come from its style sheet, links go to "#m" and the number of the message. */
    static String inline(CallFlow flow) {
        return new FlowSvg(flow, 0).draw(true);
    }

    private String draw(boolean links) {
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flow\" role=\"img\" aria-label=\"Call"
                        + " flow\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(height)
                .append("\" viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\" font-family=\"system-ui, sans-serif\" font-size=\"13\">");
        if (!links) {
            svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        }
        for (int column = 0; column < flow.hosts().size(); column++) {
            host(column);
        }
        for (int row = 0; row < flow.arrows().size(); row++) {
            arrow(flow.arrows().get(row), row, links);
        }
        if (left > 0) {
            int y = TOP + ROW * flow.arrows().size() + 22;
            text(
                    "left",
                    "#1c2430",
                    "start",
                    NUMBER + 8,
                    y,
                    left + (left == 1 ? " more message is" : " more messages are") + " not drawn");
        }
        return svg.append("</svg>").toString();
    }

    private void host(int column) {
        int x = x(column);
        svg.append("<line class=\"life\" stroke=\"#b8c0cc\" x1=\"")
                .append(x)
                .append("\" x2=\"")
                .append(x);
        svg.append("\" y1=\"")
                .append(TOP - 16)
                .append("\" y2=\"")
                .append(height - 6)
                .append("\"/>");
        text("host", "#1c2430", "middle", x, 20, flow.hosts().get(column));
    }

    private void arrow(CallFlow.Arrow arrow, int row, boolean link) {
        int y = TOP + ROW * row + 22;
        if (link) {
            svg.append("<a href=\"#m").append(arrow.number()).append("\">");
        }
        svg.append("<g class=\"arrow ")
                .append(arrow.type().name().toLowerCase(Locale.ROOT))
                .append(arrow.again() ? " again" : "")
                .append("\"><title>")
                .append(escaped(arrow.number() + ": " + arrow.label()))
                .append("</title><rect class=\"hit\" fill=\"none\" pointer-events=\"all\" x=\"0\" y=\"")
                .append(y - 22)
                .append("\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(ROW)
                .append("\"/>");
        text("number", "#8a94a3", "end", NUMBER, y, Integer.toString(arrow.number()));
        text("time", "#5b6675", "start", NUMBER + 8, y, CLOCK.format(arrow.at()));
        text("offset", "#8a94a3", "end", TIME - 8, y, offset(arrow.offsetMicros()));
        line(arrow, y);
        svg.append("</g>");
        if (link) {
            svg.append("</a>");
        }
    }

    private void line(CallFlow.Arrow arrow, int y) {
        String colour = colour(arrow);
        int from = x(arrow.from());
        int to = arrow.from() == arrow.to() ? from + 28 : x(arrow.to());
        int head = to > from ? -9 : 9;
        svg.append("<path class=\"line\" fill=\"none\" stroke=\"")
                .append(colour)
                .append("\" stroke-width=\"1.6\"");
        if (arrow.again()) {
            svg.append(" stroke-dasharray=\"5 4\"");
        }
        svg.append(" d=\"M")
                .append(from)
                .append(' ')
                .append(y)
                .append("H")
                .append(to)
                .append("\"/>");
        svg.append("<path class=\"head\" fill=\"")
                .append(colour)
                .append("\" d=\"M")
                .append(to)
                .append(' ')
                .append(y);
        svg.append("l").append(head).append(" -4.5v9z\"/>");
        boolean self = arrow.from() == arrow.to();
        String detail = arrow.detail()
                + (arrow.again() ? " (retransmission)" : "")
                + (arrow.others().isEmpty()
                        ? ""
                        : " · %d captures".formatted(arrow.others().size() + 1));
        String label = cut(arrow.label()) + (detail.isBlank() ? "" : "  " + detail.strip());
        text("label", colour, self ? "start" : "middle", self ? to + 6 : (from + to) / 2, self ? y + 4 : y - 6, label);
    }

    private static String colour(CallFlow.Arrow arrow) {
        return switch (arrow.type()) {
            case REQUEST -> "#1d5fbf";
            case PROVISIONAL -> "#6b7480";
            case SUCCESS -> "#1c7c3c";
            case REDIRECT -> "#9a6200";
            case FAILURE -> "#c0262d";
        };
    }

    private void text(String type, String colour, String anchor, int x, int y, String text) {
        svg.append("<text class=\"")
                .append(type)
                .append("\" fill=\"")
                .append(colour)
                .append("\" text-anchor=\"");
        svg.append(anchor)
                .append("\" x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\">");
        svg.append(escaped(text)).append("</text>");
    }

    private static int x(int column) {
        return TIME + COLUMN * column + COLUMN / 2;
    }

    private static String cut(String label) {
        return label.codePointCount(0, label.length()) <= MAX_LABEL
                ? label
                : label.substring(0, label.offsetByCodePoints(0, MAX_LABEL - 1)) + "…";
    }

    private static String offset(long micros) {
        return micros == 0 ? "" : String.format(Locale.ROOT, "+%.3f s", micros / 1e6);
    }

    /** As text of XML 1.0: markup escaped, and what no XML may hold or what turns text around replaced. */
    static String escaped(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isPlain(point) ? point : 0xfffd);
            }
        });
        return escaped.toString();
    }

    private static boolean isPlain(int point) {
        boolean turnsAround = point >= 0x202a && point <= 0x202e || point >= 0x2066 && point <= 0x2069;
        boolean notXml = point < 0x20 || point >= 0xd800 && point < 0xe000 || point == 0xfffe || point == 0xffff;
        return !turnsAround && !notXml && !(point >= 0x7f && point < 0xa0);
    }
}
