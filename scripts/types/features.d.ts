/** What the collections give, and what messages hold of them; docs/wire-format.md explains it. */
declare namespace Wire {
  type Position = [longitude: number, latitude: number];
  type PolygonRings = Position[][];

  interface IncidentFeature {
    type: "Feature";
    id: string;
    geometry: { type: "Point"; coordinates: Position };
    properties: {
      model: "Incident";
      pk: number;
      name: string;
      description: string;
      place: string;
      severity: string;
      severity_code: string;
      created: string;
      closed: boolean;
      url: string;
    };
  }

  type AreaGeometry =
    | { type: "Polygon"; coordinates: PolygonRings }
    | { type: "MultiPolygon"; coordinates: PolygonRings[] };

  interface AreaFeature {
    type: "Feature";
    id: string;
    geometry: AreaGeometry;
    properties: {
      model: "AreaOfInterest";
      pk: number;
      name: string;
      severity: string;
      severity_code: string;
      closed?: never;
      centroid: { type: "Point"; coordinates: Position };
      url: string;
    };
  }

  type Feature = IncidentFeature | AreaFeature;

  /** Everything up to `seq` of this log is in the rows. */
  interface ReadAt {
    log: string;
    seq: number;
  }

  interface Collections {
    incidents: ReadAt & { features: IncidentFeature[] };
    areas: ReadAt & { features: AreaFeature[] };
    alerts: ReadAt & { alerts: AlertEntry[] };
  }
}
