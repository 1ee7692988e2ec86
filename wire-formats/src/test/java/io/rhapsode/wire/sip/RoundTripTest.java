/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is written in any of the ways RFC 3261 allows is read as it was meant: parse(serialize(x)) = x. */
class RoundTripTest {

    /** A message as it is meant. */
    private record Meant(
            String method,
            Uri target,
            String callId,
            long cseq,
            Party from,
            Party to,
            List<Party> contacts,
            List<Hop> vias,
            List<Party> routes,
            String subject,
            int maxForwards,
            String body) {}

    private record Uri(String scheme, String user, String host, int port) {}

    private record Party(String name, Uri uri, String tag) {}

    private record Hop(String transport, String host, int port, String branch) {}

    @Property(tries = 3_000)
    void whatIsWrittenIsRead(@ForAll long seed) {
        Meant meant = new Maker(new Random(seed)).message();
        byte[] bytes = new Writer(new Random(seed + 1)).message(meant).getBytes(StandardCharsets.UTF_8);
        SipMessage message = SipMessage.of(bytes, 0, bytes.length);
        assertThat(read(message, bytes)).isEqualTo(meant);
        assertThat(message.defects()).isEmpty();
        assertThat(MessageFramer.length(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static Meant read(SipMessage message, byte[] bytes) {
        return new Meant(
                message.method().toString(),
                uri(message.requestUri()),
                message.callId().toString(),
                message.cseqNumber(),
                party(message.from()),
                party(message.to()),
                message.contacts().stream().map(RoundTripTest::party).toList(),
                message.vias().stream()
                        .map(via -> new Hop(
                                via.transport().toString(),
                                via.host().toString(),
                                via.port(),
                                via.branch().toString()))
                        .toList(),
                message.extensions().routes().stream().map(RoundTripTest::party).toList(),
                message.header("subject").toString(),
                message.maxForwards(),
                new String(bytes, message.bodyOffset(), message.bodyLength(), StandardCharsets.UTF_8));
    }

    private static Party party(Address address) {
        return new Party(
                address.displayName().toString(),
                uri(address.uri()),
                address.tag().toString());
    }

    private static Uri uri(SipUri uri) {
        return new Uri(
                uri.scheme().toString(), uri.user().toString(), uri.host().toString(), uri.port());
    }

    /** Makes messages. */
    private record Maker(Random random) {
        Meant message() {
            return new Meant(
                    one("INVITE", "BYE", "x-new.method"),
                    sip(),
                    one("a84b4c76e66710@pc33", "1", "%23;=@[::1]"),
                    random.nextInt() & 0xffff_ffffL,
                    party(),
                    party(),
                    parties(),
                    List.of(hop(), hop()).subList(0, 1 + random.nextInt(2)),
                    parties(),
                    one("", "lunch, today", "a  b", "\"q\" (c) \\ <x>", "Grüße"),
                    random.nextInt(256),
                    one("", "v=0\r\n", "\r\n\r\nä", "i: no Call-ID\r\n"));
        }

        private List<Party> parties() {
            var parties = new ArrayList<Party>();
            for (int i = random.nextInt(4); i > 0; i--) {
                parties.add(party());
            }
            return parties;
        }

        private Party party() {
            String name = one("", "Al", "Mr. J. \"Q\\\" User, jr.", "semi;colon <x>", "Zoë", "tab\there");
            return new Party(name, random.nextInt(4) == 0 ? tel() : sip(), one("", "98asjd8", "a.b-c!%*_+`'~"));
        }

        private Uri sip() {
            return new Uri(
                    one("sip", "sips"),
                    one("", "alice", "+49 30", "a@b", "null\0null", "j;p=1", "q?r&s=t/,"),
                    one("a.example", "192.0.2.1", "2001:db8::1", "under_score.example"),
                    random.nextBoolean() ? 0 : 1 + random.nextInt(65_535));
        }

        private Uri tel() {
            return new Uri("tel", one("+1-201-555-0123", "7042"), "", 0);
        }

        private Hop hop() {
            return new Hop(
                    one("UDP", "TCP", "WSS", "x-own"),
                    one("a.example", "2001:db8::9:1"),
                    random.nextInt(65_536),
                    "z9hG4bK" + random.nextInt());
        }

        private String one(String... choices) {
            return choices[random.nextInt(choices.length)];
        }
    }

    /** Writes messages, each time in another of the ways there are. */
    private record Writer(Random random) {
        String message(Meant meant) {
            var headers = new ArrayList<String>();
            headers.add(name("Call-ID", "i") + meant.callId());
            headers.add(name("CSeq", "CSEQ") + meant.cseq() + space() + meant.method());
            headers.add(name("From", "f") + party(meant.from()));
            headers.add(name("To", "t") + party(meant.to()));
            headers.add(name("Max-Forwards", "MAX-FORWARDS") + meant.maxForwards());
            if (!meant.subject().isEmpty()) {
                headers.add(name("Subject", "s") + meant.subject());
            }
            headers.addAll(list(
                    name("Contact", "m"),
                    meant.contacts().stream().map(this::party).toList()));
            headers.addAll(
                    list(name("Via", "v"), meant.vias().stream().map(this::hop).toList()));
            headers.addAll(list(
                    name("Route", "ROUTE"),
                    meant.routes().stream().map(this::party).toList()));
            headers.add(name("Content-Length", "l") + meant.body().getBytes(StandardCharsets.UTF_8).length);
            String end = random.nextInt(3) == 0 && !meant.body().contains("\n") ? "\n" : "\r\n";
            String start = meant.method() + " " + uri(meant.target()) + " SIP/2.0";
            return (start + "\n" + String.join("\n", headers) + "\n\n").replace("\n", end) + meant.body();
        }

        /** All on one line, or one a line. */
        private List<String> list(String name, List<String> values) {
            if (values.isEmpty()) {
                return List.of();
            }
            return random.nextBoolean()
                    ? List.of(name + String.join(maybeSpace() + "," + maybeSpace(), values))
                    : values.stream().map(value -> name + value).toList();
        }

        private String name(String longName, String other) {
            return (random.nextBoolean() ? longName : other) + (random.nextInt(4) == 0 ? " \t" : "") + ":"
                    + maybeSpace();
        }

        private String party(Party party) {
            boolean token = party.name().chars().allMatch(Character::isLetterOrDigit);
            String name = token && random.nextBoolean() ? party.name() : quoted(party.name());
            String tag = party.tag().isEmpty()
                    ? ""
                    : maybeSpace() + ";" + maybeSpace() + "TAG" + maybeSpace() + "=" + maybeSpace() + party.tag();
            String other = random.nextBoolean() ? ";x=\"a,;\\\"<b>\"" : "";
            return (party.name().isEmpty() && random.nextBoolean() ? "" : name + space()) + "<" + uri(party.uri()) + ">"
                    + other + tag;
        }

        private static String quoted(String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }

        private String uri(Uri uri) {
            String scheme = random.nextInt(4) == 0 ? uri.scheme().toUpperCase(java.util.Locale.ROOT) : uri.scheme();
            if (uri.scheme().equals("tel")) {
                return scheme + ":" + uri.user() + (random.nextBoolean() ? ";phone-context=x" : "");
            }
            String user = uri.user().isEmpty() ? "" : escaped(uri.user()) + (random.nextBoolean() ? ":pass" : "") + "@";
            String parameters = random.nextBoolean() ? ";transport=tcp;lr" : "";
            return scheme + ":" + user + hostPort(uri.host(), uri.port()) + parameters;
        }

        private String escaped(String user) {
            var text = new StringBuilder();
            for (byte octet : user.getBytes(StandardCharsets.UTF_8)) {
                boolean plain = Character.isLetterOrDigit(octet) || "-_.!~*'()&=+$,;?/".indexOf(octet) >= 0;
                text.append(
                        plain && octet > 0 && random.nextInt(4) > 0 ? "" + (char) octet : "%%%02x".formatted(octet));
            }
            return text.toString();
        }

        private String hop(Hop hop) {
            return "SIP" + maybeSpace() + "/" + maybeSpace() + "2.0/" + maybeSpace() + hop.transport() + space()
                    + hostPort(hop.host(), hop.port()) + maybeSpace() + ";rport;branch=" + hop.branch();
        }

        private String hostPort(String host, int port) {
            String plain = random.nextBoolean() ? host.toUpperCase(java.util.Locale.ROOT) : host;
            return (host.indexOf(':') < 0 ? plain : "[" + plain + "]") + (port == 0 ? "" : ":" + port);
        }

        private String maybeSpace() {
            return random.nextInt(3) == 0 ? space() : "";
        }

        /** White space as RFC 3261 section 25.1 has it: LWS, which may be a fold. */
        private String space() {
            return switch (random.nextInt(4)) {
                case 0 -> "\n ";
                case 1 -> " \t";
                default -> " ";
            };
        }
    }

    /** Cutting a message anywhere leaves what stands in whole lines before the cut as it was. */
    @Test
    void cutAnywhereItKeepsTheHeadersBeforeTheCut() {
        int compared = 0;
        var writer = new Writer(new Random(5));
        for (int seed = 0; seed < 20; seed++) {
            byte[] bytes = writer.message(new Maker(new Random(seed)).message()).getBytes(StandardCharsets.UTF_8);
            SipMessage whole = SipMessage.of(bytes, 0, bytes.length);
            for (int end = 0; end <= bytes.length; end++) {
                SipMessage cut = SipMessage.of(Arrays.copyOf(bytes, end), 0, end);
                cut.defects();
                for (String name : List.of("Call-ID", "From", "To", "Subject", "Max-Forwards")) {
                    Text value = whole.header(name);
                    // A folded value is a copy, whose place in the message is not known.
                    if (value.array() == bytes && value.end() + 2 <= end) {
                        assertThat(cut.header(name)).isEqualTo(value);
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(1_000);
    }
}
