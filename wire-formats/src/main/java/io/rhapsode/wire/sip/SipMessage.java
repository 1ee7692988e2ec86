/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * A SIP message (RFC 3261), indexed in one pass and interpreted on demand: {@link StartLine} reads the first line,
 * {@link HeaderIndex} notes where each header stands, and a field is read when it is asked for. This class has the
 * fields every message has; {@link #extensions()} has the others, {@link #parts()} the body.
 *
 * <p>Parsing never throws: what is wrong is in {@link #defects()}, and what can be read despite it is read. Texts are
 * empty, numbers -1 (a status code and ports 0), lists empty where the header is absent or broken.
 *
 * <p>The octets are not copied and must not change while the message is in use. One thread at a time.
 */
public final class SipMessage {
    /** Values that are read of one list header (Via, Contact, Route, ...). */
    public static final int MAX_VALUES = 200;

    /** Headers of one name that {@link #headers} gives. */
    public static final int MAX_SAME = Lines.MAX_HEADERS;

    static final long MAX_UINT32 = 0xFFFF_FFFFL;

    private final byte[] bytes;
    private final int end;
    private final Findings findings;
    private final StartLine startLine;
    private final HeaderIndex headers;

    private Text callId;
    private long cseqNumber = -1;
    private Text cseqMethod;
    private Address from;
    private Address to;
    private List<Address> contacts;
    private List<Via> vias;
    private List<Address> assertedIdentities;
    private long contentLength = Long.MIN_VALUE;
    private List<BodyPart> parts;
    private Extensions extensions;
    private List<Finding> defects;

    private SipMessage(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.end = offset + length;
        this.findings = new Findings(offset);
        int limit = Lines.headerLimit(offset, length);
        int start = Lines.first(bytes, offset, limit);
        int lineEnd = Lines.firstEnd(bytes, start, limit);
        byte terminator = Lines.terminator(bytes, lineEnd, limit);
        this.startLine = new StartLine(bytes, start, Lines.contentEnd(bytes, start, lineEnd), findings);
        int firstHeader = Lines.next(bytes, lineEnd, limit, terminator);
        this.headers = new HeaderIndex(bytes, firstHeader, limit, end, terminator, findings);
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
        return StartLine.begins(bytes, offset, length);
    }

    /** True for a request, false for a response and for what is neither. */
    public boolean isRequest() {
        return startLine.request;
    }

    /** Request method (RFC 3261 section 7.1) as sent; empty for a response. */
    public Text method() {
        return startLine.method;
    }

    /** Request-URI (RFC 3261 section 7.1); {@link SipUri#NONE} for a response. */
    public SipUri requestUri() {
        return startLine.uri;
    }

    /** Status code 100 to 699 (RFC 3261 section 7.2); 0 for a request or a broken one. */
    public int statusCode() {
        return startLine.statusCode;
    }

    /** Reason phrase of a response (RFC 3261 section 7.2). */
    public Text reasonPhrase() {
        return startLine.reasonPhrase;
    }

    /** Call-ID (RFC 3261 section 20.8): the first that is not empty, as {@link CallIdScanner} finds it. */
    public Text callId() {
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
    public Text cseqMethod() {
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
            vias = values(HeaderName.VIA, Defect.BAD_VIA, Via::parse);
            if (vias.isEmpty()) {
                findings.noteMissing(Defect.MISSING_VIA);
            }
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

    /** User-Agent (RFC 3261 section 20.41). */
    public Text userAgent() {
        return headers.text(headers.first(HeaderName.USER_AGENT));
    }

    /** Server (RFC 3261 section 20.35). */
    public Text server() {
        return headers.text(headers.first(HeaderName.SERVER));
    }

    /** Content-Type as it stands (RFC 3261 section 20.15). */
    public Text contentType() {
        return headers.text(headers.first(HeaderName.CONTENT_TYPE));
    }

    /** Content-Length as stated (RFC 3261 section 20.14), the first if there are several; -1 if absent or broken. */
    public int contentLength() {
        if (contentLength == Long.MIN_VALUE) {
            contentLength = headers.number(HeaderName.CONTENT_LENGTH, Integer.MAX_VALUE, Defect.BAD_CONTENT_LENGTH);
        }
        return (int) contentLength;
    }

    /** Max-Forwards (RFC 3261 section 20.22), 0 to 255; -1 if absent or broken. */
    public int maxForwards() {
        return (int) headers.number(HeaderName.MAX_FORWARDS, 255, Defect.BAD_MAX_FORWARDS);
    }

    /** Expires in seconds (RFC 3261 section 20.19), 0 to 2^32-1; -1 if absent or broken. */
    public long expires() {
        return headers.number(HeaderName.EXPIRES, MAX_UINT32, Defect.BAD_EXPIRES);
    }

    /** The fields of a message that only some have. */
    public Extensions extensions() {
        if (extensions == null) {
            extensions = new Extensions(this, headers, findings);
        }
        return extensions;
    }

    /** The first value of a header, by its long or compact name in any case, unfolded; empty if absent. */
    public Text header(String name) {
        List<Text> values = headers.texts(Text.of(name), 1);
        return values.isEmpty() ? Text.EMPTY : values.get(0);
    }

    /** The values of a header, one a line it stands on, unfolded and not split at commas. */
    public List<Text> headers(Text name) {
        return headers.texts(name, MAX_SAME);
    }

    /** Index in the array of the body's first octet; the message's end if there is none. */
    public int bodyOffset() {
        return headers.bodyOffset();
    }

    /** Octets of the body that are there: up to Content-Length, what follows is none of it (RFC 3261 section 18.3). */
    public int bodyLength() {
        int there = end - bodyOffset();
        return contentLength() < 0 ? there : Math.min(there, contentLength());
    }

    /** The body's parts: those of a multipart body, flat and in their order, else the body; none if it is empty. */
    public List<BodyPart> parts() {
        if (parts == null) {
            int length = bodyLength();
            parts = length == 0
                    ? List.of()
                    : Multipart.parts(
                            bytes,
                            bodyOffset(),
                            length,
                            contentType(),
                            headers.text(headers.first(HeaderName.CONTENT_DISPOSITION)),
                            findings);
        }
        return parts;
    }

    /** What is wrong with the message; empty for a clean one. Interprets every field that is not yet. */
    public List<Finding> defects() {
        if (defects == null) {
            interpretAll();
            defects = findings.list();
        }
        return defects;
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
        parts();
        extensions().readRest();
        if (contentLength() > end - bodyOffset()) {
            noteAt(HeaderName.CONTENT_LENGTH, Defect.BODY_SHORTER_THAN_CONTENT_LENGTH);
        }
        noteDuplicate(HeaderName.MAX_FORWARDS, Defect.DUPLICATE_MAX_FORWARDS);
        noteDuplicate(HeaderName.CONTENT_LENGTH, Defect.DUPLICATE_CONTENT_LENGTH);
        if (isRequest() && !cseqMethod.isEmpty() && !cseqMethod.equals(method())) {
            noteAt(HeaderName.CSEQ, Defect.CSEQ_METHOD_MISMATCH);
        }
    }

    private void noteAt(HeaderName name, Defect defect) {
        headers.open(headers.first(name));
        findings.note(defect, headers.start);
    }

    private void noteDuplicate(HeaderName name, Defect defect) {
        if (headers.isRepeated(name)) {
            headers.open(headers.next(name, headers.first(name)));
            findings.note(defect, headers.start);
        }
    }

    private Text readCallId() {
        noteDuplicate(HeaderName.CALL_ID, Defect.DUPLICATE_CALL_ID);
        for (int at = headers.first(HeaderName.CALL_ID); at >= 0; at = headers.next(HeaderName.CALL_ID, at)) {
            Text value = headers.callId(at);
            if (!value.isEmpty()) {
                return value;
            }
        }
        findings.noteMissing(Defect.MISSING_CALL_ID);
        return Text.EMPTY;
    }

    private void readCseq() {
        if (cseqMethod != null) {
            return;
        }
        cseqMethod = Text.EMPTY;
        int at = headers.first(HeaderName.CSEQ);
        if (at < 0) {
            findings.noteMissing(Defect.MISSING_CSEQ);
            return;
        }
        noteDuplicate(HeaderName.CSEQ, Defect.DUPLICATE_CSEQ);
        headers.open(at);
        byte[] octets = headers.octets;
        int stop = headers.stop;
        int numberEnd = headers.start;
        while (numberEnd < stop && !Octets.isSpace(octets[numberEnd])) {
            numberEnd++;
        }
        cseqNumber = Octets.number(octets, headers.start, numberEnd, MAX_UINT32);
        int name = Octets.skipSpace(octets, numberEnd, stop);
        cseqMethod = Octets.text(octets, name, stop);
        if (cseqNumber < 0 || name == stop || Octets.tokenEnd(octets, name, stop) < stop) {
            findings.note(Defect.BAD_CSEQ, headers.start);
        }
    }

    private Address single(HeaderName name, Defect missing, Defect duplicate, Defect ifBroken) {
        int at = headers.first(name);
        if (at < 0) {
            findings.noteMissing(missing);
            return Address.NONE;
        }
        noteDuplicate(name, duplicate);
        headers.open(at);
        return Address.parse(headers.octets, headers.start, headers.stop, findings, ifBroken);
    }

    private void readDate() {
        int at = headers.first(HeaderName.DATE);
        if (at >= 0) {
            Text date = headers.text(at);
            boolean gmt = date.length() >= 3
                    && Octets.text(date.array(), date.end() - 3, date.end()).is("GMT");
            if (!gmt && !date.isEmpty()) {
                findings.note(Defect.BAD_DATE, headers.start);
            }
        }
    }

    List<Address> addresses(HeaderName name, Defect ifBroken) {
        return values(name, ifBroken, Address::parse);
    }

    /** Reads one value of a header, that has an octet at least and no space around it. */
    interface Reading<T> {
        T of(byte[] bytes, int start, int end, Findings findings, Defect ifBroken);
    }

    /** All values of a list header, over all its lines and split at commas (RFC 3261 section 7.3.1). */
    <T> List<T> values(HeaderName name, Defect ifBroken, Reading<T> reading) {
        int at = headers.first(name);
        if (at < 0) {
            return List.of();
        }
        headers.open(at);
        if (!headers.isRepeated(name) && !headers.isEmptyOrHas(',')) {
            return List.of(reading.of(headers.octets, headers.start, headers.stop, findings, ifBroken));
        }
        var found = new ArrayList<T>(4);
        for (; at >= 0; at = headers.next(name, at)) {
            headers.open(at);
            split(headers.octets, headers.start, headers.stop, ifBroken, reading, found);
        }
        return List.copyOf(found);
    }

    private <T> void split(byte[] octets, int start, int stop, Defect ifBroken, Reading<T> reading, List<T> found) {
        int from = start;
        while (from <= stop) {
            if (found.size() >= MAX_VALUES) {
                findings.note(Defect.TOO_MANY_VALUES, from);
                return;
            }
            int comma = Octets.separator(octets, from, stop, ',');
            int first = Octets.skipSpace(octets, from, comma);
            int last = Octets.trimEnd(octets, first, comma);
            if (first == last) {
                findings.note(ifBroken, first);
            } else {
                found.add(reading.of(octets, first, last, findings, ifBroken));
            }
            from = comma + 1;
        }
    }
}
