/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.web.query.Kind;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where the next page begins: the search it belongs to, the point in time that all its pages see, and the last hit.
 * Signed, so that nobody reads another's point in time or sends us a search that was not checked.
 *
 * @param pit Elasticsearch's id of the point in time, empty if none is open yet
 * @param timestamp sort value of the last hit, its time in ISO-8601
 * @param place the last hit's place within that time
 * @param shown ids of hits of that time that were given out already though they are behind this place
 */
record Cursor(Search search, String pit, String timestamp, long place, List<String> shown) {

    /** The place before the first. */
    static final long BEFORE_ALL = -1;

    private static final int SIGNATURE = 32;
    private static final int MAX_LENGTH = 32_768;

    String sign(byte[] key) {
        var json = Json.createObjectBuilder()
                .add("k", search.kind().name())
                .add("q", search.query())
                .add("f", search.from() == null ? "" : search.from().toString())
                .add("t", search.to() == null ? "" : search.to().toString())
                .add("s", search.size())
                .add("c", search.counts())
                .add("p", pit)
                .add("a", timestamp)
                .add("n", place)
                .add("i", Json.createArrayBuilder(shown))
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        byte[] signed = Arrays.copyOf(json, json.length + SIGNATURE);
        System.arraycopy(signature(key, json), 0, signed, json.length, SIGNATURE);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    }

    /** @throws Refused 400 if it was not made with this key, or is damaged */
    static Cursor read(String text, byte[] key) {
        try {
            byte[] signed = text.length() > MAX_LENGTH
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(text);
            if (signed.length > SIGNATURE) {
                byte[] json = Arrays.copyOf(signed, signed.length - SIGNATURE);
                byte[] signature = Arrays.copyOfRange(signed, json.length, signed.length);
                if (MessageDigest.isEqual(signature, signature(key, json))) {
                    return of(Json.createReader(new StringReader(new String(json, StandardCharsets.UTF_8)))
                            .readObject());
                }
            }
        } catch (IllegalArgumentException | JsonException e) {
            // Not one of ours: said below.
        }
        throw Refused.badRequest("'cursor' is not one this server gave out since its start; search again without it");
    }

    private static Cursor of(JsonObject json) {
        return new Cursor(
                new Search(
                        Kind.valueOf(json.getString("k")),
                        json.getString("q"),
                        time(json.getString("f")),
                        time(json.getString("t")),
                        json.getInt("s"),
                        json.getBoolean("c")),
                json.getString("p"),
                json.getString("a"),
                json.getJsonNumber("n").longValueExact(),
                json.getJsonArray("i").getValuesAs(JsonString::getString));
    }

    private static Instant time(String text) {
        return text.isEmpty() ? null : Instant.parse(text);
    }

    private static byte[] signature(byte[] key, byte[] bytes) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
