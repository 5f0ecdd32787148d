// SPDX-License-Identifier: Apache-2.0
/**
 * The audit file: who asked for which change and with what outcome, and which callers were refused.
 *
 * <p>What lives here: the record, its line in Quiver's own format, and the file. What never will:
 * HTTP, and the decision what is recorded (package {@code api}).
 */
@NullMarked
package io.quiverdb.coordinator.audit;

import org.jspecify.annotations.NullMarked;
