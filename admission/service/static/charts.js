// Draws charts from the tables that stand below them: a table is the data, the chart is a picture of it.
"use strict";
(() => {
  const colours = ["#0b4f9e", "#b05e00", "#1d7a3c", "#7546ad", "#b3261e", "#5f7183", "#0f7b84"];
  const meaning = { 准予入园: "#1d7a3c", 有条件入园: "#0f7b84", 资料不足: "#8a5f00", 需人工研判: "#7546ad", 不予入园: "#b3261e", 填报自相矛盾: "#5f7183",
    已办: "#1d7a3c", 未办: "#b3261e", 未知: "#5f6f7d", 持证: "#1d7a3c", 过期: "#b05e00", 无证: "#b3261e", 尚不能确定: "#5f6f7d",
    新增: "#b3261e", 未整改: "#b05e00", 反弹: "#8c1d6a", 已销号: "#1d7a3c", 问题: "#b3261e", 需研判: "#7546ad" };
  const tint = (name) => (meaning[name] ? { itemStyle: { color: meaning[name] } } : {});
  const numbers = (text) => Number(text.replaceAll(",", "")) || 0;

  function read(box) {
    const table = document.getElementById(box.dataset.table);
    const columns = box.dataset.columns.split(" ");
    const some = (row) => columns.some((at) => numbers(row.cells[at].textContent));
    const rows = [...table.tBodies[0].rows].filter(some).slice(0, 15);
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    return {
      names: rows.map((row) => row.cells[0].textContent.trim()),
      series: columns.map((at) => ({
        name: heads[at],
        ...tint(heads[at]),
        data: rows.map((row) => numbers(row.cells[at].textContent)),
      })),
    };
  }

  function options(kind, data) {
    const text = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13, color: "#1b2733" };
    const base = { animation: false, color: colours, textStyle: text, aria: { enabled: false, decal: { show: true } } };
    if (kind === "pie") {
      const slices = data.names.map((name, at) => ({ name, value: data.series[0].data[at], ...tint(name) }));
      const label = { formatter: (one) => `${one.name}\n${one.value}（${one.percent.toFixed(1)}%）`, ...text, lineHeight: 18 };
      return { ...base, series: [{ type: "pie", radius: ["28%", "54%"], data: slices, label }] };
    }
    const stack = kind === "stacked" ? "all" : undefined;
    const label = { show: true, position: stack ? "inside" : "right", color: stack ? "#fff" : "#1b2733", textBorderWidth: 0, fontSize: 13,
      formatter: (one) => one.value || "" };
    return {
      ...base,
      legend: data.series.length > 1 ? { top: 0, textStyle: text } : undefined,
      grid: { left: 8, right: 36, top: data.series.length > 1 ? 36 : 8, bottom: 8, containLabel: true },
      xAxis: { type: "value", minInterval: 1 },
      yAxis: { type: "category", inverse: true, data: data.names, axisLabel: { width: 130, overflow: "break", ...text } },
      series: data.series.map((one) => {
        const bars = data.series.length > 1 ? one.data : one.data.map((value, at) => ({ value, ...tint(data.names[at]) }));
        return { ...one, data: bars, type: "bar", stack, label, barMaxWidth: 26 };
      }),
    };
  }

  for (const box of document.querySelectorAll("[data-chart]")) {
    const data = read(box);
    if (!data.names.length) continue;
    box.hidden = false;
    if (box.dataset.chart !== "pie") box.style.height = `${data.names.length * (data.series.length > 1 && box.dataset.chart === "bar" ? 44 : 34) + 70}px`;
    const chart = echarts.init(box);
    chart.setOption(options(box.dataset.chart, data));
    new ResizeObserver(() => chart.resize()).observe(box);
  }
})();
