/* SPDX-License-Identifier: Apache-2.0 */
/** Search, call flows and export over Elasticsearch: a JSON API, and pages made from the same queries. */
package io.rhapsode.web;
