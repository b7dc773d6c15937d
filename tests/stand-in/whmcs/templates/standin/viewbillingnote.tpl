<div class="panel panel-default invoice"><div class="panel-body">
  <h2>{$notetitle}</h2>
  <p>Date: {$date}<br>Invoice: <a href="/viewinvoice.php?id={$invoiceid}">#{$invoiceid}</a></p>
  <table class="table table-striped">
    <thead><tr><th>Description</th><th class="text-right">Amount</th></tr></thead>
    <tbody>
    {foreach $items as $item}<tr><td>{$item.description}</td><td class="text-right">{$item.amount}</td></tr>{/foreach}
    <tr class="total-row"><td class="text-right"><strong>Total</strong></td><td class="text-right"><strong id="notetotal">{$total}</strong></td></tr>
    </tbody>
  </table>
</div></div>
