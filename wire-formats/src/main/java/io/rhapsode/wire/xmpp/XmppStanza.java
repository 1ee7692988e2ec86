/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.xmpp;

import io.rhapsode.wire.MalformedPacket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The first XMPP stanza of a packet: its kind, addresses, and the text of its body. Texts are empty where they are
 * absent.
 *
 * <p>It is found by one scan of the bytes, not by an XML parser: a captured packet often holds half a document, which a
 * parser would refuse, and what is scanned has no entities to expand and no other document to fetch. DOCTYPE and
 * entity declarations, which XMPP forbids (RFC 6120 section 11.1), make the packet malformed.
 *
 * @param kind name of the outermost element without its prefix: "message", "presence", "iq", "stream", ...
 * @param from and {@code to}: addresses (RFC 7622)
 * @param type "chat", "groupchat", "error", "get", ...
 * @param body text of the first body element
 */
public record XmppStanza(String kind, String from, String to, String id, String type, String body) {

    private static final int MAX_ATTRIBUTES = 64;
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_ATTRIBUTE = 4_096;
    private static final String NOT_XMPP = "not-xmpp";

    /** Elements of the SASL negotiation (RFC 6120 section 6.4), which carry credentials. */
    private static final Set<String> SASL = Set.of("auth", "response", "challenge", "success");

    /** True if the stanza carries credentials, and its bytes should not be shown. */
    public boolean isSecret() {
        return SASL.contains(kind);
    }

    /** @throws MalformedPacket "not-xmpp", or "xmpp-restricted-xml" for declarations that XMPP forbids */
    public static XmppStanza of(byte[] bytes, int offset, int length) throws MalformedPacket {
        // Names and delimiters are ASCII; what is not UTF-8 in a text shows as U+FFFD.
        return new Scan(new String(bytes, offset, length, StandardCharsets.UTF_8)).stanza();
    }

    private static final class Scan {

        private final String xml;
        private int at;

        private Scan(String xml) {
            this.xml = xml;
        }

        private XmppStanza stanza() throws MalformedPacket {
            String name = openedElement();
            Map<String, String> attributes = new HashMap<>();
            boolean empty = readAttributes(attributes);
            return new XmppStanza(
                    name.substring(name.indexOf(':') + 1),
                    attributes.getOrDefault("from", ""),
                    attributes.getOrDefault("to", ""),
                    attributes.getOrDefault("id", ""),
                    attributes.getOrDefault("type", ""),
                    empty ? "" : body());
        }

        /** The name of the first element; the XML declaration before it is passed over. */
        private String openedElement() throws MalformedPacket {
            skipSpace();
            while (xml.startsWith("<?", at)) {
                int end = xml.indexOf("?>", at);
                require(end > 0);
                at = end + 2;
                skipSpace();
            }
            if (xml.startsWith("<!", at)) {
                throw new MalformedPacket("xmpp-restricted-xml");
            }
            require(at < xml.length() && xml.charAt(at) == '<');
            at++;
            String name = name();
            require(!name.isEmpty() && Character.isLetter(name.charAt(0)) && !name.endsWith(":"));
            return name;
        }

        private String name() throws MalformedPacket {
            int start = at;
            while (at < xml.length() && isNameCharacter(xml.charAt(at))) {
                at++;
            }
            require(at - start <= LONGEST_NAME);
            return xml.substring(start, at);
        }

        private static boolean isNameCharacter(char c) {
            return Character.isLetterOrDigit(c) || c == ':' || c == '-' || c == '_' || c == '.';
        }

        /** Reads attributes to the tag's end or the packet's; returns true if the element is an empty one. */
        private boolean readAttributes(Map<String, String> attributes) throws MalformedPacket {
            while (true) {
                skipSpace();
                if (at >= xml.length()) {
                    return true;
                }
                if (xml.charAt(at) == '>') {
                    at++;
                    return false;
                }
                if (xml.charAt(at) == '/') {
                    return true;
                }
                require(attributes.size() < MAX_ATTRIBUTES);
                String name = name();
                skipSpace();
                require(!name.isEmpty() && at < xml.length() && xml.charAt(at) == '=');
                at++;
                skipSpace();
                attributes.put(name, value());
            }
        }

        private String value() throws MalformedPacket {
            require(at < xml.length() && (xml.charAt(at) == '"' || xml.charAt(at) == '\''));
            int end = xml.indexOf(xml.charAt(at), at + 1);
            int stop = end < 0 ? xml.length() : end;
            require(stop - at <= LONGEST_ATTRIBUTE);
            String value = unescaped(xml.substring(at + 1, stop));
            at = Math.min(stop + 1, xml.length());
            return value;
        }

        /** The text of the first body element; up to the packet's end if it does not end within. */
        private String body() {
            int tag = xml.indexOf("<body", at);
            while (tag >= 0 && tag + 5 < xml.length() && isNameCharacter(xml.charAt(tag + 5))) {
                tag = xml.indexOf("<body", tag + 5);
            }
            int start = tag < 0 ? -1 : xml.indexOf('>', tag);
            if (start < 0 || xml.charAt(start - 1) == '/') {
                return "";
            }
            int end = xml.indexOf("</", start);
            return unescaped(xml.substring(start + 1, end < 0 ? xml.length() : end));
        }

        private void skipSpace() {
            while (at < xml.length() && (xml.charAt(at) <= ' ' || xml.charAt(at) == '\uFEFF')) {
                at++;
            }
        }

        private static void require(boolean so) throws MalformedPacket {
            if (!so) {
                throw new MalformedPacket(NOT_XMPP);
            }
        }
    }

    /** With the references resolved that need no declaration (XML 1.0 sections 4.1 and 4.6); others stay. */
    private static String unescaped(String text) {
        int ampersand = text.indexOf('&');
        if (ampersand < 0) {
            return text;
        }
        var plain = new StringBuilder(text.length());
        int from = 0;
        while (ampersand >= 0) {
            plain.append(text, from, ampersand);
            int end = ampersand + 1;
            while (end < text.length() && end - ampersand < 10 && text.charAt(end) != ';' && text.charAt(end) != '&') {
                end++;
            }
            String resolved =
                    end < text.length() && text.charAt(end) == ';' ? reference(text.substring(ampersand + 1, end)) : "";
            plain.append(resolved.isEmpty() ? "&" : resolved);
            from = resolved.isEmpty() ? ampersand + 1 : end + 1;
            ampersand = text.indexOf('&', from);
        }
        return plain.append(text, from, text.length()).toString();
    }

    private static String reference(String name) {
        return switch (name) {
            case "amp" -> "&";
            case "lt" -> "<";
            case "gt" -> ">";
            case "quot" -> "\"";
            case "apos" -> "'";
            default -> name.startsWith("#") ? character(name.substring(1)) : "";
        };
    }

    private static String character(String number) {
        boolean hex = number.startsWith("x");
        int code = 0;
        for (int i = hex ? 1 : 0; i < number.length() && code <= Character.MAX_CODE_POINT; i++) {
            int digit = number.charAt(i) < 0x80 ? Character.digit(number.charAt(i), hex ? 16 : 10) : -1;
            if (digit < 0) {
                return "";
            }
            code = code * (hex ? 16 : 10) + digit;
        }
        boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
        return code > 0 && code <= Character.MAX_CODE_POINT && !surrogate ? Character.toString(code) : "";
    }
}
