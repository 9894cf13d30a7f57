import qrcode from "qrcode-generator";

/** A QR code as one SVG path; drawn here, so that its content goes nowhere. */
export function Qr({ content, label }: { content: string; label: string }) {
  const code = qrcode(0, "M");
  code.addData(content);
  code.make();
  const n = code.getModuleCount();
  let path = "";
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) if (code.isDark(row, column)) path += `M${column},${row}h1v1h-1z`;
  }
  return (
    <div class="qr">
      <svg role="img" aria-label={label} viewBox={`0 0 ${n} ${n}`} shape-rendering="crispEdges"><path d={path} fill="#000" /></svg>
    </div>
  );
}
