/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What the PASSporT of an Identity header claims (RFC 8224, RFC 8225; SHAKEN: RFC 8588). <b>Unverified</b>: its
 * signature is not looked at, and whoever wrote the message can have claimed anything.
 *
 * @param attestation claim "attest": "A", "B" or "C"; empty if absent
 * @param origin claim "orig": a telephone number or a URI; empty if absent
 * @param destinations claim "dest": telephone numbers and URIs
 * @param issuedAt claim "iat", seconds since 1970-01-01 UTC; -1 if absent
 * @param originId claim "origid"; empty if absent
 * @param type extension "ppt" of the token or of the header: "shaken", "div", ...; empty if there is none
 * @param certificate where the certificate is: "x5u" of the token or "info" of the header; empty if not said
 */
public record Passport(
        String attestation,
        String origin,
        List<String> destinations,
        long issuedAt,
        String originId,
        String type,
        String certificate) {
    private static final int MAX_TOKEN = 16_384;
    private static final int MAX_DESTINATIONS = 64;
    private static final double MAX_TIME = 1e12;

    /** Reads an Identity value: "header.payload.signature;info=...", without the first two in the compact form. */
    static Passport parse(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        FieldValue value = FieldValue.parse(bytes, start, end, findings, ifBroken);
        Text token = value.value();
        int tokenEnd = token.end();
        int firstDot = Octets.indexOf(token.array(), token.start(), tokenEnd, '.');
        int secondDot = Octets.indexOf(token.array(), Math.min(firstDot + 1, tokenEnd), tokenEnd, '.');
        Map<?, ?> header = Map.of();
        Map<?, ?> payload = Map.of();
        boolean compact = firstDot == token.start() && secondDot == firstDot + 1;
        if (!compact) {
            header = object(Octets.text(token.array(), token.start(), firstDot));
            payload = object(Octets.text(token.array(), Math.min(firstDot + 1, tokenEnd), secondDot));
        }
        if (header == null || payload == null || secondDot == tokenEnd) {
            findings.note(ifBroken, start);
        }
        return of(header == null ? Map.of() : header, payload == null ? Map.of() : payload, value);
    }

    private static Passport of(Map<?, ?> header, Map<?, ?> payload, FieldValue value) {
        List<String> origins = identities(payload.get("orig"));
        return new Passport(
                text(payload, "attest"),
                origins.isEmpty() ? "" : origins.get(0),
                identities(payload.get("dest")),
                payload.get("iat") instanceof Double time && time >= 0 && time < MAX_TIME ? time.longValue() : -1,
                text(payload, "origid"),
                either(text(header, "ppt"), value.parameter("ppt")),
                either(text(header, "x5u"), withoutBrackets(value.parameter("info"))));
    }

    private static String either(String claimed, Text said) {
        return claimed.isEmpty() ? said.toString() : claimed;
    }

    private static Text withoutBrackets(Text uri) {
        byte[] bytes = uri.array();
        boolean bracketed = uri.length() > 1 && bytes[uri.start()] == '<' && bytes[uri.end() - 1] == '>';
        return bracketed ? Octets.text(bytes, uri.start() + 1, uri.end() - 1) : uri;
    }

    /** The numbers ("tn") and URIs ("uri") of an orig or dest claim, each one text or an array of them. */
    private static List<String> identities(Object claim) {
        if (!(claim instanceof Map<?, ?> byKind)) {
            return List.of();
        }
        var identities = new ArrayList<String>(2);
        for (String kind : List.of("tn", "uri")) {
            Object one = byKind.get(kind);
            for (Object identity : one instanceof List<?> many ? many : Collections.singletonList(one)) {
                if (identity instanceof String text && identities.size() < MAX_DESTINATIONS) {
                    identities.add(text);
                }
            }
        }
        return Collections.unmodifiableList(identities);
    }

    private static String text(Map<?, ?> claims, String name) {
        return claims.get(name) instanceof String text ? text : "";
    }

    /** The JSON object behind base64url (RFC 7515 section 2), null if it is none. */
    private static Map<?, ?> object(Text base64Url) {
        if (base64Url.isEmpty() || base64Url.length() > MAX_TOKEN || base64Url.length() % 4 == 1) {
            return null;
        }
        for (int at = base64Url.start(); at < base64Url.end(); at++) {
            byte octet = base64Url.array()[at];
            boolean letter = octet >= 'A' && octet <= 'Z' || octet >= 'a' && octet <= 'z' || Octets.isDigit(octet);
            if (!letter && octet != '-' && octet != '_') {
                return null;
            }
        }
        byte[] json = Base64.getUrlDecoder().decode(base64Url.toString());
        return Json.parse(new String(json, StandardCharsets.UTF_8)) instanceof Map<?, ?> object ? object : null;
    }
}
