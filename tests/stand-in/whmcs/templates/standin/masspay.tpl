<p>Choose the invoices you would like to pay with one payment.</p>
<form method="post" action="/clientarea.php?action=masspay">
  <input type="hidden" name="token" value="{$token}">
  <div class="panel panel-default"><table class="table table-striped">
    <thead><tr><th></th><th>Invoice #</th><th>Due Date</th><th class="text-right">Balance</th></tr></thead>
    <tbody>
    {foreach $invoices as $invoice}<tr><td><input type="checkbox" name="invoiceids[]" value="{$invoice.id}" checked></td><td>{$invoice.id}</td><td>{$invoice.duedate}</td><td class="text-right">{$invoice.balance}</td></tr>
    {foreachelse}<tr><td colspan="4" class="text-center text-muted">Nothing is due</td></tr>{/foreach}
    </tbody>
  </table></div>
  <div class="form-group"><label>Payment Method</label><select class="form-control" name="paymentmethod">{foreach $gateways as $gateway}<option value="{$gateway.sysname}">{$gateway.name}</option>{/foreach}</select></div>
  <button class="btn btn-primary" type="submit"{if !$invoices} disabled{/if}>Make Payment</button>
</form>
