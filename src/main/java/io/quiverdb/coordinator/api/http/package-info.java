// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP layer below the routes: the server and its bounds, keys, bodies, queries, entity tags,
 * JSON answers, and one mapper from errors to status codes and problem documents.
 *
 * <p>It knows no member, no replicated state and no log. A route, or anything that asks one of
 * these, does not belong here.
 */
@NullMarked
package io.quiverdb.coordinator.api.http;

import org.jspecify.annotations.NullMarked;
