/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;

/**
 * Routes that change nothing. HEAD is answered as GET is, without the body (RFC 9110 section 9.3.2): what checks an address
 * by HEAD must see the same status.
 */
record Reading(RoutesConfig routes) {

    Reading get(String path, Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
        return this;
    }
}
