// SPDX-License-Identifier: Apache-2.0
/**
 * How threads are made.
 *
 * <p>What a thread does is not said here.
 */
@NullMarked
package io.quiverdb.coordinator.thread;

import org.jspecify.annotations.NullMarked;
