package io.quiverdb.coordinator.api;

/**
 * The routes of one subject. {@link ApiServer} lets nobody in to them who has no key, and to those
 * that change something nobody who is no admin.
 */
interface Routes {
  /** Adds them. */
  void addTo(RouteTable routes);
}
