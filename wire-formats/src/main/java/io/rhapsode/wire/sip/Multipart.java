/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Takes a multipart body apart (RFC 2046 section 5.1.1), nested ones too, up to bounds. */
final class Multipart {
    private static final int MAX_PARTS = 64;
    private static final int MAX_DEPTH = 4;
    private static final Text TEXT_PLAIN = Text.of("text/plain");

    private final byte[] bytes;
    private final Findings findings;
    private final List<BodyPart> parts = new ArrayList<>(4);

    private Multipart(byte[] bytes, Findings findings) {
        this.bytes = bytes;
        this.findings = findings;
    }

    /** The parts of a body of this type, flat and in their order; a body that is not multipart is one part. */
    static List<BodyPart> parts(byte[] bytes, int offset, int length, Text type, Text disposition, Findings findings) {
        var body = new BodyPart(type, disposition, offset, length);
        if (!type.startsInAnyCase("multipart/")) {
            return List.of(body);
        }
        var reading = new Multipart(bytes, findings);
        findings.release();
        reading.read(body, 0);
        return Collections.unmodifiableList(reading.parts);
    }

    private void read(BodyPart part, int depth) {
        if (parts.size() >= MAX_PARTS) {
            findings.note(Defect.TOO_MANY_PARTS, part.offset());
            return;
        }
        Text boundary = Text.EMPTY;
        if (part.type().startsInAnyCase("multipart/")) {
            if (depth < MAX_DEPTH) {
                boundary = MediaType.parameter(part.type(), "boundary");
                if (boundary.isEmpty()) {
                    findings.note(Defect.BAD_MULTIPART, part.offset());
                }
            } else {
                findings.note(Defect.TOO_MANY_PARTS, part.offset());
            }
        }
        if (boundary.isEmpty()) {
            parts.add(part);
        } else {
            split(part, boundary, depth);
        }
    }

    private void split(BodyPart whole, Text boundary, int depth) {
        int end = whole.offset() + whole.length();
        int begin = -1;
        int at = whole.offset();
        while (at < end && parts.size() < MAX_PARTS) {
            int lineEnd = Lines.end(bytes, at, end, (byte) '\n');
            if (isDelimiter(at, lineEnd, boundary)) {
                if (begin >= 0) {
                    readPart(begin, withoutLineEnd(begin, at), depth);
                }
                if (isClosing(at + 2 + boundary.length(), lineEnd)) {
                    return;
                }
                begin = Math.min(lineEnd + 1, end);
            }
            at = lineEnd + 1;
        }
        findings.note(at < end ? Defect.TOO_MANY_PARTS : Defect.BAD_MULTIPART, whole.offset());
        if (begin >= 0) {
            readPart(begin, end, depth);
        } else {
            parts.add(whole);
        }
    }

    private boolean isDelimiter(int start, int lineEnd, Text boundary) {
        int from = start + 2;
        int to = from + boundary.length();
        return to <= lineEnd
                && bytes[start] == '-'
                && bytes[start + 1] == '-'
                && Octets.text(bytes, from, to).equals(boundary)
                && (isClosing(to, lineEnd) || Octets.skipSpace(bytes, to, lineEnd) == lineEnd);
    }

    private boolean isClosing(int at, int lineEnd) {
        return at + 2 <= lineEnd && bytes[at] == '-' && bytes[at + 1] == '-';
    }

    /** The line end before a delimiter belongs to the delimiter. */
    private int withoutLineEnd(int begin, int delimiter) {
        int at = delimiter > begin ? delimiter - 1 : delimiter;
        return at > begin && bytes[at - 1] == '\r' ? at - 1 : at;
    }

    private void readPart(int start, int end, int depth) {
        byte terminator = Lines.terminator(bytes, Lines.firstEnd(bytes, start, end), end);
        var unheard = new Findings(start);
        var headers = new HeaderIndex(bytes, start, Lines.headerLimit(start, end - start), end, terminator, unheard);
        Text type = headers.text(headers.first(HeaderName.CONTENT_TYPE));
        Text disposition = headers.text(headers.first(HeaderName.CONTENT_DISPOSITION));
        int body = headers.bodyOffset();
        // RFC 2046 section 5.1: a part without a type is text.
        read(new BodyPart(type.isEmpty() ? TEXT_PLAIN : type, disposition, body, end - body), depth + 1);
    }
}
