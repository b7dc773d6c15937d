<p class="text-right"><a class="btn btn-default btn-sm" href="/clientarea.php?action=masspay">Mass Payment</a></p>
<div class="panel panel-default">
<table class="table table-striped">
  <thead><tr><th>Invoice #</th><th>Invoice Date</th><th>Due Date</th><th>Total</th><th>Balance</th><th>Status</th></tr></thead>
  <tbody>
  {foreach $invoices as $invoice}
    <tr><td><a href="/viewinvoice.php?id={$invoice.id}">{$invoice.id}</a></td><td>{$invoice.date}</td><td>{$invoice.duedate}</td><td>{$invoice.amount}</td><td>{$invoice.balance}</td>
      <td><span class="label label-{if $invoice.status eq 'Paid'}success{elseif $invoice.status eq 'Unpaid'}danger{else}default{/if}">{$invoice.status}</span></td></tr>
  {foreachelse}<tr><td colspan="6" class="text-center text-muted">No invoices yet</td></tr>{/foreach}
  </tbody>
</table>
</div>
