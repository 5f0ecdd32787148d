// SPDX-License-Identifier: Apache-2.0
/**
 * Authentication and rights of callers.
 *
 * <p>What lives here: API keys, their roles and their comparison in constant time. What never will:
 * HTTP, a log line with a secret in it, a route.
 */
@NullMarked
package io.quiverdb.coordinator.auth;

import org.jspecify.annotations.NullMarked;
