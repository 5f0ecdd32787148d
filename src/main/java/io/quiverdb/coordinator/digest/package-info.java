// SPDX-License-Identifier: Apache-2.0
/**
 * The digest of bytes that the coordinator compares: SHA-256, nothing else.
 *
 * <p>What is digested, and how it is written down, is decided by the packages that use it.
 */
@NullMarked
package io.quiverdb.coordinator.digest;

import org.jspecify.annotations.NullMarked;
