/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;

/** A request that gets an answer other than 200: the status, and a sentence for whoever asked. */
public final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final int column;

    private Refused(int status, int column, String sentence, Throwable cause) {
        super(sentence, cause, false, false);
        this.status = status;
        this.column = column;
    }

    /** The request is wrong. */
    static Refused badRequest(String sentence) {
        return new Refused(400, 0, sentence, null);
    }

    /** The query is wrong at this column, counted from 1. */
    static Refused badQuery(int column, String sentence) {
        return new Refused(400, column, sentence, null);
    }

    static Refused notFound(String sentence) {
        return new Refused(404, 0, sentence, null);
    }

    /** What the server itself refuses, before anyone here is asked. */
    static Refused of(HttpResponseException refused, Context context) {
        String asked = Parameters.cut(context.method() + " " + context.path());
        String sentence =
                switch (refused.getStatus()) {
                    case 404 -> "there is no " + Parameters.cut(context.path());
                    case 405 -> asked + " is not possible";
                    default -> asked + ": " + Parameters.cut(String.valueOf(refused.getMessage()));
                };
        return new Refused(refused.getStatus(), 0, sentence, null);
    }

    /** Another site's page asks for it. */
    static Refused forbidden(String sentence) {
        return new Refused(403, 0, sentence, null);
    }

    /** What is there does not allow it. */
    static Refused conflict(String sentence) {
        return new Refused(409, 0, sentence, null);
    }

    /** What was asked for was there, and is no more. */
    static Refused gone(String sentence) {
        return new Refused(410, 0, sentence, null);
    }

    /** There is too much of this under way already. */
    static Refused busy(String sentence) {
        return new Refused(429, 0, sentence, null);
    }

    /** Elasticsearch does not answer, or not well. */
    static Refused unavailable(String sentence, Throwable cause) {
        return new Refused(503, 0, sentence, cause);
    }

    int status() {
        return status;
    }

    /** The status in a word or two, for the head of a page. */
    public String title() {
        return HttpStatus.forStatus(status).getMessage();
    }

    /** Where the query is wrong, 0 if it is not about the query. */
    int column() {
        return column;
    }
}
