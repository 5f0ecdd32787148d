// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

/** The failures of a request other than refusals of the replicated state. */
public enum Fault {
  BAD_REQUEST,
  UNAUTHENTICATED,
  FORBIDDEN,
  UNKNOWN_ROUTE,
  NOT_FOUND,
  WRONG_METHOD,
  TOO_SLOW,
  CONFLICT,
  TOO_LARGE,
  WRONG_CONTENT_TYPE,
  WRONG_SHAPE,
  INTERNAL,
  UNAVAILABLE,
  OUTCOME_UNKNOWN
}
