/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A SIP message (RFC 3261), indexed in one pass and interpreted on demand. Parsing never throws: what is wrong is in
 * {@link #defects()}, and what can be read despite it is read. Texts are empty, numbers -1 (a status code and ports 0),
 * lists empty where the header is absent or broken. Text is decoded as UTF-8, with U+FFFD for what is not.
 *
 * <p>The octets are not copied and must not change while the message is in use. One thread at a time.
 */
public final class SipMessage {
    /** Values that are read of one list header (Via, Contact, P-Asserted-Identity). */
    public static final int MAX_VALUES = 200;

    private static final long MAX_UINT32 = 0xFFFF_FFFFL;
    private static final byte[] SIP = {'s', 'i', 'p'};
    private static final byte[] SIP_2_0 = {'s', 'i', 'p', '/', '2', '.', '0'};
    private static final byte[] USERNAME = {'u', 's', 'e', 'r', 'n', 'a', 'm', 'e'};
    private static final int STRIDE = 5;
    private static final int UNKNOWN = -1;

    private final byte[] bytes;
    private final int end;
    private final byte terminator;
    private final EnumSet<Defect> defects = EnumSet.noneOf(Defect.class);

    // Five a header: ordinal of the known name or UNKNOWN, name start, name end, value start, value end.
    private int[] headers = new int[STRIDE * 32];
    private int headerCount;
    // One bit for each known name that is there, and that is there again.
    private long present;
    private long repeated;
    private boolean folded;
    private int bodyOffset;
    private boolean interpreted;

    private boolean request;
    private String method = "";
    private SipUri requestUri = SipUri.NONE;
    private int statusCode;
    private String reasonPhrase = "";
    private String callId;
    private long cseqNumber = -1;
    private String cseqMethod;
    private Address from;
    private Address to;
    private List<Address> contacts;
    private List<Via> vias;
    private List<Address> assertedIdentities;
    private long contentLength = Long.MIN_VALUE;

    private SipMessage(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.end = offset + length;
        int limit = Lines.headerLimit(offset, length);
        int start = Lines.first(bytes, offset, limit);
        this.terminator = Lines.terminator(bytes, start, limit);
        int lineEnd = Lines.end(bytes, start, limit, terminator);
        readStartLine(start, Lines.contentEnd(bytes, start, lineEnd));
        index(Lines.next(bytes, lineEnd, limit, terminator), limit);
    }

    /** Reads the message in the range; any octets will do, see {@link #defects()}. The range must lie in the array. */
    public static SipMessage of(byte[] bytes, int offset, int length) {
        return new SipMessage(bytes, offset, length);
    }

    /**
     * True if the range begins like a SIP message: a status line, or a request line of a method and something that ends
     * in a SIP version. Empty lines before it are passed over. Reads no more than the first line.
     */
    public static boolean looksLikeSip(byte[] bytes, int offset, int length) {
        int end = Lines.headerLimit(offset, length);
        int start = Lines.first(bytes, offset, end);
        if (isVersion(bytes, start, end)) {
            return true;
        }
        int methodEnd = Octets.tokenEnd(bytes, start, end);
        if (methodEnd == start || methodEnd == end || !Lines.isBlank(bytes[methodEnd])) {
            return false;
        }
        int lineEnd = Lines.end(bytes, methodEnd, end, Lines.terminator(bytes, start, end));
        int last = Octets.trimEnd(bytes, methodEnd, lineEnd);
        int version = lastWord(bytes, methodEnd, last);
        return version > methodEnd && isVersion(bytes, version, last);
    }

    /** True for a request, false for a response and for what is neither. */
    public boolean isRequest() {
        return request;
    }

    /** Request method (RFC 3261 section 7.1) as sent; empty for a response. */
    public String method() {
        return method;
    }

    /** Request-URI (RFC 3261 section 7.1); {@link SipUri#NONE} for a response. */
    public SipUri requestUri() {
        return requestUri;
    }

    /** Status code 100 to 699 (RFC 3261 section 7.2); 0 for a request or a broken one. */
    public int statusCode() {
        return statusCode;
    }

    /** Reason phrase of a response (RFC 3261 section 7.2). */
    public String reasonPhrase() {
        return reasonPhrase;
    }

    /** Call-ID (RFC 3261 section 20.8): the first that is not empty, as {@link CallIdScanner} finds it. */
    public String callId() {
        if (callId == null) {
            callId = readCallId();
        }
        return callId;
    }

    /** CSeq number (RFC 3261 section 20.16), 0 to 2^32-1; -1 if absent or broken. */
    public long cseqNumber() {
        readCseq();
        return cseqNumber;
    }

    /** CSeq method (RFC 3261 section 20.16). */
    public String cseqMethod() {
        readCseq();
        return cseqMethod;
    }

    /** From (RFC 3261 section 20.20); {@link Address#NONE} if absent. */
    public Address from() {
        if (from == null) {
            from = single(HeaderName.FROM, Defect.MISSING_FROM, Defect.DUPLICATE_FROM, Defect.BAD_FROM);
        }
        return from;
    }

    /** To (RFC 3261 section 20.39); {@link Address#NONE} if absent. */
    public Address to() {
        if (to == null) {
            to = single(HeaderName.TO, Defect.MISSING_TO, Defect.DUPLICATE_TO, Defect.BAD_TO);
        }
        return to;
    }

    /** Contact values in their order (RFC 3261 section 20.10), at most {@link #MAX_VALUES}. */
    public List<Address> contacts() {
        if (contacts == null) {
            contacts = addresses(HeaderName.CONTACT, Defect.BAD_CONTACT);
        }
        return contacts;
    }

    /** The Via chain, topmost first (RFC 3261 section 20.42), at most {@link #MAX_VALUES}. */
    public List<Via> vias() {
        if (vias == null) {
            vias = readVias();
        }
        return vias;
    }

    /** P-Asserted-Identity values (RFC 3325 section 9.1), at most {@link #MAX_VALUES}. */
    public List<Address> assertedIdentities() {
        if (assertedIdentities == null) {
            assertedIdentities = addresses(HeaderName.P_ASSERTED_IDENTITY, Defect.BAD_ASSERTED_IDENTITY);
        }
        return assertedIdentities;
    }

    /** User-Agent (RFC 3261 section 20.41), or where that is absent Server (section 20.35). */
    public String userAgent() {
        int at = find(HeaderName.USER_AGENT, 0);
        return text(at >= 0 ? at : find(HeaderName.SERVER, 0));
    }

    /** Content-Type as it stands (RFC 3261 section 20.15). */
    public String contentType() {
        return text(find(HeaderName.CONTENT_TYPE, 0));
    }

    /** Content-Length as stated (RFC 3261 section 20.14), the first if there are several; -1 if absent or broken. */
    public int contentLength() {
        if (contentLength == Long.MIN_VALUE) {
            contentLength = number(HeaderName.CONTENT_LENGTH, Integer.MAX_VALUE, Defect.BAD_CONTENT_LENGTH);
        }
        return (int) contentLength;
    }

    /** Max-Forwards (RFC 3261 section 20.22), 0 to 255; -1 if absent or broken. */
    public int maxForwards() {
        return (int) number(HeaderName.MAX_FORWARDS, 255, Defect.BAD_MAX_FORWARDS);
    }

    /** Expires in seconds (RFC 3261 section 20.19), 0 to 2^32-1; -1 if absent or broken. */
    public long expires() {
        return number(HeaderName.EXPIRES, MAX_UINT32, Defect.BAD_EXPIRES);
    }

    /** The username of Authorization, or where it has none of Proxy-Authorization (RFC 3261 sections 20.7, 20.28). */
    public String authUser() {
        String user = userOf(HeaderName.AUTHORIZATION);
        return user.isEmpty() ? userOf(HeaderName.PROXY_AUTHORIZATION) : user;
    }

    /** The first value of a header, by its long or compact name in any case, unfolded; empty if absent. */
    public String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? "" : values.get(0);
    }

    /** The values of a header, one a line it stands on, unfolded and not split at commas. */
    public List<String> headers(String name) {
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        HeaderName known = HeaderName.of(octets, 0, octets.length);
        if (known != null && (present & 1L << known.ordinal()) == 0) {
            return List.of();
        }
        var values = new ArrayList<String>();
        for (int at = 0; at < headerCount * STRIDE; at += STRIDE) {
            boolean wanted = known != null
                    ? headers[at] == known.ordinal()
                    : headers[at] == UNKNOWN
                            && Octets.sameIgnoringCase(bytes, headers[at + 1], headers[at + 2], octets);
            if (wanted) {
                values.add(text(at));
            }
        }
        return Collections.unmodifiableList(values);
    }

    /** Index in the array of the body's first octet; the message's end if there is none. */
    public int bodyOffset() {
        return bodyOffset;
    }

    /** Octets of the body that are there: up to Content-Length, what follows is none of it (RFC 3261 section 18.3). */
    public int bodyLength() {
        int there = end - bodyOffset;
        return contentLength() < 0 ? there : Math.min(there, contentLength());
    }

    /** What is wrong with the message; empty for a clean one. Interprets every field that is not yet. */
    public Set<Defect> defects() {
        if (!interpreted) {
            interpreted = true;
            interpretAll();
        }
        return Collections.unmodifiableSet(defects);
    }

    private void interpretAll() {
        callId();
        readCseq();
        from();
        to();
        contacts();
        vias();
        assertedIdentities();
        maxForwards();
        expires();
        readDate();
        if (contentLength() > end - bodyOffset) {
            defects.add(Defect.BODY_SHORTER_THAN_CONTENT_LENGTH);
        }
        noteDuplicate(HeaderName.MAX_FORWARDS, Defect.DUPLICATE_MAX_FORWARDS);
        noteDuplicate(HeaderName.CONTENT_LENGTH, Defect.DUPLICATE_CONTENT_LENGTH);
        if (request && !cseqMethod.isEmpty() && !cseqMethod.equals(method)) {
            defects.add(Defect.CSEQ_METHOD_MISMATCH);
        }
    }

    private void readStartLine(int start, int stop) {
        int last = Octets.trimEnd(bytes, start, stop);
        if (isVersion(bytes, start, last)) {
            readStatusLine(start, last);
            return;
        }
        int methodEnd = Octets.tokenEnd(bytes, start, last);
        int version = lastWord(bytes, methodEnd, last);
        if (methodEnd == start || version <= methodEnd || !isVersion(bytes, version, last)) {
            defects.add(Defect.BAD_START_LINE);
            return;
        }
        request = true;
        method = known(Octets.text(bytes, start, methodEnd));
        noteVersion(version, last);
        int from = Octets.skipSpace(bytes, methodEnd, version);
        int to = Octets.trimEnd(bytes, from, version);
        if (from != methodEnd + 1 || to != version - 1 || last != stop) {
            defects.add(Defect.BAD_START_LINE);
        }
        readRequestUri(from, to);
    }

    private void readRequestUri(int start, int stop) {
        boolean bracketed = start < stop && bytes[start] == '<' && bytes[stop - 1] == '>';
        int from = bracketed ? start + 1 : start;
        int to = bracketed ? stop - 1 : stop;
        int at = Octets.indexOf(bytes, from, to, '@');
        // Headers have no place in a Request-URI (RFC 3261 section 19.1.1); before the @ a question mark is the user's.
        if (bracketed || Octets.indexOf(bytes, at == to ? from : at, to, '?') < to) {
            defects.add(Defect.BAD_REQUEST_URI);
        }
        requestUri = SipUri.parse(bytes, from, to, defects, Defect.BAD_REQUEST_URI);
    }

    private void readStatusLine(int start, int stop) {
        int versionEnd = start;
        while (versionEnd < stop && !Lines.isBlank(bytes[versionEnd])) {
            versionEnd++;
        }
        noteVersion(start, versionEnd);
        int code = Octets.skipSpace(bytes, versionEnd, stop);
        int codeEnd = code;
        while (codeEnd < stop && !Lines.isBlank(bytes[codeEnd])) {
            codeEnd++;
        }
        long number = Octets.number(bytes, code, codeEnd, 699);
        if (number < 100) {
            defects.add(Defect.BAD_STATUS_CODE);
        } else {
            statusCode = (int) number;
        }
        reasonPhrase = Octets.text(bytes, Octets.skipSpace(bytes, codeEnd, stop), stop);
    }

    private void noteVersion(int start, int stop) {
        if (!Octets.sameIgnoringCase(bytes, start, stop, SIP_2_0)) {
            defects.add(Defect.UNKNOWN_VERSION);
        }
    }

    private void index(int start, int limit) {
        int at = start;
        int lines = 0;
        int last = -1;
        while (at < limit) {
            int lineEnd = Lines.end(bytes, at, limit, terminator);
            int contentEnd = Lines.contentEnd(bytes, at, lineEnd);
            int next = Lines.next(bytes, lineEnd, limit, terminator);
            if (contentEnd == at && lineEnd < limit) {
                bodyOffset = next;
                return;
            }
            if (lines >= Lines.MAX_HEADERS) {
                defects.add(Defect.TOO_MANY_HEADERS);
            } else if (Lines.isBlank(bytes[at])) {
                continueHeader(last, contentEnd);
            } else {
                lines++;
                last = addHeader(at, contentEnd);
            }
            at = next;
        }
        defects.add(limit < end ? Defect.HEADERS_TOO_LONG : Defect.UNTERMINATED_HEADERS);
        bodyOffset = end;
    }

    private void continueHeader(int last, int contentEnd) {
        if (last < 0) {
            defects.add(Defect.BAD_HEADER_LINE);
        } else {
            headers[last + 4] = contentEnd;
            folded = true;
        }
    }

    /** Notes the header on the line; its place in the index, or -1 if the line is none. */
    private int addHeader(int start, int stop) {
        int nameEnd = Octets.tokenEnd(bytes, start, stop);
        int colon = nameEnd;
        while (colon < stop && Lines.isBlank(bytes[colon])) {
            colon++;
        }
        if (nameEnd == start || colon == stop || bytes[colon] != ':') {
            defects.add(Defect.BAD_HEADER_LINE);
            return -1;
        }
        int at = headerCount * STRIDE;
        if (at == headers.length) {
            headers = Arrays.copyOf(headers, at * 2);
        }
        HeaderName name = HeaderName.of(bytes, start, nameEnd);
        headers[at] = name == null ? UNKNOWN : name.ordinal();
        headers[at + 1] = start;
        headers[at + 2] = nameEnd;
        headers[at + 3] = colon + 1;
        headers[at + 4] = stop;
        if (name != null) {
            long bit = 1L << name.ordinal();
            repeated |= present & bit;
            present |= bit;
        }
        headerCount++;
        return at;
    }

    /** The place in the index of the next header of that name at or after a place; -1 if there is none. */
    private int find(HeaderName name, int from) {
        if (((from == 0 ? present : repeated) & 1L << name.ordinal()) != 0) {
            for (int at = from; at < headerCount * STRIDE; at += STRIDE) {
                if (headers[at] == name.ordinal()) {
                    return at;
                }
            }
        }
        return -1;
    }

    private String text(int at) {
        return at < 0 ? "" : read(at, Octets::text);
    }

    /** What to do with the octets of a value. */
    private interface Reading<T> {
        T of(byte[] bytes, int start, int end);
    }

    /** Reads a header's value without the space around it and, where it is folded, on a copy without the folds. */
    private <T> T read(int at, Reading<T> reading) {
        int stop = Octets.trimEnd(bytes, headers[at + 3], headers[at + 4]);
        int start = Octets.skipSpace(bytes, headers[at + 3], stop);
        if (!folded || Lines.end(bytes, start, stop, terminator) == stop) {
            return reading.of(bytes, start, stop);
        }
        byte[] plain = Octets.unfolded(bytes, start, stop);
        return reading.of(plain, 0, plain.length);
    }

    private String readCallId() {
        noteDuplicate(HeaderName.CALL_ID, Defect.DUPLICATE_CALL_ID);
        for (int at = find(HeaderName.CALL_ID, 0); at >= 0; at = find(HeaderName.CALL_ID, at + STRIDE)) {
            int stop = headers[at + 4];
            long place = CallIdScanner.value(bytes, headers[at + 3], stop, terminator);
            if (place >= 0) {
                int start = (int) (place >>> 32);
                int idEnd = start + (int) place;
                if (Octets.hasSpace(bytes, start, Octets.trimEnd(bytes, start, stop))) {
                    defects.add(Defect.BAD_CALL_ID);
                }
                return Octets.text(bytes, start, idEnd);
            }
        }
        defects.add(Defect.MISSING_CALL_ID);
        return "";
    }

    private void readCseq() {
        if (cseqMethod != null) {
            return;
        }
        cseqMethod = "";
        int at = find(HeaderName.CSEQ, 0);
        if (at < 0) {
            defects.add(Defect.MISSING_CSEQ);
            return;
        }
        noteDuplicate(HeaderName.CSEQ, Defect.DUPLICATE_CSEQ);
        read(at, (octets, start, stop) -> {
            int numberEnd = start;
            while (numberEnd < stop && !Octets.isSpace(octets[numberEnd])) {
                numberEnd++;
            }
            cseqNumber = Octets.number(octets, start, numberEnd, MAX_UINT32);
            int name = Octets.skipSpace(octets, numberEnd, stop);
            cseqMethod = known(Octets.text(octets, name, stop));
            if (cseqNumber < 0 || name == stop || Octets.tokenEnd(octets, name, stop) < stop) {
                defects.add(Defect.BAD_CSEQ);
            }
            return null;
        });
    }

    private void noteDuplicate(HeaderName name, Defect defect) {
        if ((repeated & 1L << name.ordinal()) != 0) {
            defects.add(defect);
        }
    }

    private Address single(HeaderName name, Defect missing, Defect duplicate, Defect broken) {
        int at = find(name, 0);
        if (at < 0) {
            defects.add(missing);
            return Address.NONE;
        }
        noteDuplicate(name, duplicate);
        return read(at, (octets, start, stop) -> Address.parse(octets, start, stop, defects, broken));
    }

    private List<Address> addresses(HeaderName name, Defect broken) {
        return values(
                name,
                broken,
                (octets, start, stop) -> stop - start == 1 && octets[start] == '*'
                        ? new Address("", SipUri.NONE, "", "*")
                        : Address.parse(octets, start, stop, defects, broken));
    }

    private List<Via> readVias() {
        List<Via> found = values(
                HeaderName.VIA, Defect.BAD_VIA, (octets, start, stop) -> Via.parse(octets, start, stop, defects));
        if (found.isEmpty()) {
            defects.add(Defect.MISSING_VIA);
        }
        return found;
    }

    /** All values of a list header, over all its lines and split at commas (RFC 3261 section 7.3.1). */
    private <T> List<T> values(HeaderName name, Defect broken, Reading<T> reading) {
        int at = find(name, 0);
        if (at < 0) {
            return List.of();
        }
        var found = new ArrayList<T>(4);
        for (; at >= 0; at = find(name, at + STRIDE)) {
            read(at, (octets, start, stop) -> {
                split(octets, start, stop, broken, reading, found);
                return null;
            });
        }
        return Collections.unmodifiableList(found);
    }

    private <T> void split(byte[] octets, int start, int stop, Defect broken, Reading<T> reading, List<T> found) {
        int from = start;
        while (from <= stop) {
            if (found.size() >= MAX_VALUES) {
                defects.add(Defect.TOO_MANY_VALUES);
                return;
            }
            int comma = Octets.separator(octets, from, stop, ',');
            int first = Octets.skipSpace(octets, from, comma);
            int last = Octets.trimEnd(octets, first, comma);
            if (first == last) {
                defects.add(broken);
            } else {
                found.add(reading.of(octets, first, last));
            }
            from = comma + 1;
        }
    }

    private long number(HeaderName name, long max, Defect broken) {
        int at = find(name, 0);
        if (at < 0) {
            return -1;
        }
        long number = read(at, (octets, start, stop) -> Octets.number(octets, start, stop, max));
        if (number < 0) {
            defects.add(broken);
        }
        return number;
    }

    private void readDate() {
        String date = text(find(HeaderName.DATE, 0));
        if (!date.isEmpty() && !date.endsWith("GMT")) {
            defects.add(Defect.BAD_DATE);
        }
    }

    private String userOf(HeaderName name) {
        for (int at = find(name, 0); at >= 0; at = find(name, at + STRIDE)) {
            String user = read(at, SipMessage::username);
            if (!user.isEmpty()) {
                return user;
            }
        }
        return "";
    }

    /** The username of "Digest username=..., realm=...". */
    private static String username(byte[] octets, int start, int stop) {
        int at = Octets.skipSpace(octets, Octets.tokenEnd(octets, start, stop), stop);
        while (at < stop) {
            int comma = Octets.separator(octets, at, stop, ',');
            int equals = Octets.indexOf(octets, at, comma, '=');
            if (Octets.sameIgnoringCase(octets, at, Octets.trimEnd(octets, at, equals), USERNAME)) {
                int from = Octets.skipSpace(octets, Math.min(equals + 1, comma), comma);
                int to = Octets.trimEnd(octets, from, comma);
                boolean quoted = to - from > 1 && octets[from] == '"' && octets[to - 1] == '"';
                return quoted ? Octets.unquoted(octets, from + 1, to - 1) : Octets.text(octets, from, to);
            }
            at = Octets.skipSpace(octets, Math.min(comma + 1, stop), stop);
        }
        return "";
    }

    private static boolean isVersion(byte[] bytes, int start, int stop) {
        return stop - start > 4
                && Octets.sameIgnoringCase(bytes, start, start + 3, SIP)
                && bytes[start + 3] == '/'
                && Octets.isDigit(bytes[start + 4]);
    }

    /** The start of the last word before stop. */
    private static int lastWord(byte[] bytes, int start, int stop) {
        int at = stop;
        while (at > start && !Lines.isBlank(bytes[at - 1])) {
            at--;
        }
        return at;
    }

    /** The shared text of a common method, so that a million messages do not hold a million copies. */
    private static String known(String method) {
        return switch (method) {
            case "INVITE" -> "INVITE";
            case "ACK" -> "ACK";
            case "BYE" -> "BYE";
            case "CANCEL" -> "CANCEL";
            case "REGISTER" -> "REGISTER";
            case "OPTIONS" -> "OPTIONS";
            default -> method;
        };
    }
}
