/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.javalin.http.Context;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * Where a request that changes something comes from. A browser sends a form of any page to any address it can reach,
 * also to one on 127.0.0.1, which no page from outside could open otherwise: so a request with a body is taken only from
 * our own pages. Browsers say where it comes from in {@code Sec-Fetch-Site}, which no page can change; over plain HTTP to
 * other hosts they leave that out, and {@code Origin} tells it. Who sends neither is no browser, and acts for no one else.
 */
final class Origin {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN = Set.of("same-origin", "none");

    private Origin() {}

    /** @throws Refused 403 if another site's page sent it */
    static void check(Context context) {
        boolean changes = !SAFE.contains(context.req().getMethod());
        if (changes && isForeign(context.header("Sec-Fetch-Site"), context.header("Origin"), context.host())) {
            throw Refused.forbidden("this comes from a page of another site, and was not done");
        }
    }

    /**
     * @param site {@code Sec-Fetch-Site}, null if absent
     * @param origin {@code Origin}, null if absent
     * @param host {@code Host}
     */
    static boolean isForeign(String site, String origin, String host) {
        if (site != null) {
            return !OWN.contains(site);
        }
        return origin != null && !authority(origin).equalsIgnoreCase(host);
    }

    /** Host and port; empty for "null", which stands for an origin that must not be told. */
    private static String authority(String origin) {
        try {
            String authority = new URI(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
