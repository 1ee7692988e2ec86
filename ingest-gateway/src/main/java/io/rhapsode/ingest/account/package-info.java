/* SPDX-License-Identifier: Apache-2.0 */
/** Every packet's place in the books. */
package io.rhapsode.ingest.account;
